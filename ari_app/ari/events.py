"""What Asterisk tells: JSON, parsed once, here, into frozen types.

The fields are those of the models in Asterisk's ``rest-api/events.json`` that we read; the rest of
an event is not even decoded.
"""

from typing import TypeAlias

from msgspec import Struct, ValidationError, json


class CallerId(Struct, frozen=True):
    """Who calls, as the line says it: text from outside."""

    number: str = ""
    name: str = ""


class Channel(Struct, frozen=True):
    """One leg of a call."""

    id: str
    name: str = ""
    state: str = ""
    caller: CallerId = CallerId()
    language: str = ""


class Playback(Struct, frozen=True):
    """A prompt that is played; ``state`` is ``done`` or ``failed`` when it finished."""

    id: str
    state: str = ""


class StasisStart(Struct, frozen=True):
    """A channel entered the application."""

    channel: Channel
    args: tuple[str, ...] = ()


class StasisEnd(Struct, frozen=True):
    """A channel left the application: it hung up, or went on in the dialplan."""

    channel: Channel


class ChannelDtmfReceived(Struct, frozen=True):
    """A key was released."""

    channel: Channel
    digit: str


class PlaybackFinished(Struct, frozen=True):
    """A playback ended, was stopped, or failed."""

    playback: Playback


class ChannelDestroyed(Struct, frozen=True):
    """A channel that we subscribed to is no more; ``cause`` is of Q.850."""

    channel: Channel
    cause: int = 0


class ApplicationReplaced(Struct, frozen=True):
    """Another socket took our application's name; this one is deaf from now on."""

    application: str = ""


class RestResponse(Struct, frozen=True):
    """The answer to a request over the WebSocket."""

    request_id: str
    status_code: int
    message_body: str = ""
    reason_phrase: str = ""


Event: TypeAlias = (
    StasisStart
    | StasisEnd
    | ChannelDtmfReceived
    | PlaybackFinished
    | ChannelDestroyed
    | ApplicationReplaced
)

EVENTS: tuple[type[Event], ...] = (
    StasisStart,
    StasisEnd,
    ChannelDtmfReceived,
    PlaybackFinished,
    ChannelDestroyed,
    ApplicationReplaced,
)
REST_RESPONSE = "RESTResponse"
WANTED = (*(event.__name__ for event in EVENTS), REST_RESPONSE)
"""The types for Asterisk's event filter. Without RESTResponse every request hangs (measured)."""


class Strange(Struct, frozen=True):
    """An event of a type that we do not read, or one that is not as documented."""

    type: str
    why: str = ""


class _Envelope(Struct, frozen=True):
    type: str = ""


_envelope = json.Decoder(_Envelope)
_response = json.Decoder(RestResponse)
_decoders = {event.__name__: json.Decoder(event) for event in EVENTS}


def parse(text: str | bytes) -> Event | RestResponse | Strange:
    """The event that ``text`` is. Never raises."""
    kind = ""
    try:
        kind = _envelope.decode(text).type
        if kind == REST_RESPONSE:
            return _response.decode(text)
        decoder = _decoders.get(kind)
        return decoder.decode(text) if decoder else Strange(kind)
    except (ValidationError, ValueError) as error:
        return Strange(kind, str(error))
