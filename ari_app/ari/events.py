"""What Asterisk tells: JSON, parsed once, here, into frozen types.

The fields are those of the models in Asterisk's ``rest-api/events.json`` that we read; the rest of
an event is not even decoded.
"""

from typing import TypeAlias
from urllib.parse import unquote

from msgspec import Struct, json


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

    @property
    def endpoint(self) -> str:
        """Through which endpoint it came or goes: ``PJSIP/trunk`` of ``PJSIP/trunk-00000a1f``."""
        return self.name.rpartition("-")[0]


class Playback(Struct, frozen=True):
    """A prompt that is played; ``state`` is ``done`` or ``failed`` when it finished."""

    id: str
    state: str = ""


class LiveRecording(Struct, frozen=True):
    """A recording; ``target_uri`` names what is recorded: ``channel:…``."""

    name: str
    target_uri: str


class PhoneAccount(Struct, frozen=True):
    """An endpoint: whose phone it is, ``resource``, says Asterisk, who asked for its password."""

    technology: str
    resource: str
    state: str = ""


class TextMessage(Struct, frozen=True):
    """A text; what it says of its sender is not read, for anybody can write it."""

    to: str
    body: str = ""

    @property
    def number(self) -> str:
        """The number that it was sent to: the user of a URI such as ``sip:611@127.0.0.1:5060``."""
        return unquote(self.to.rpartition("<")[2].rpartition("@")[0].rpartition(":")[2])


class _Typed(Struct, frozen=True, tag=True, tag_field="type"):
    """A message of Asterisk; its ``type`` is the name of the class."""


class StasisStart(_Typed, frozen=True):
    """A channel entered the application."""

    channel: Channel
    args: tuple[str, ...] = ()


class StasisEnd(_Typed, frozen=True):
    """A channel left the application: it hung up, or went on in the dialplan."""

    channel: Channel


class ChannelDtmfReceived(_Typed, frozen=True):
    """A key was released."""

    channel: Channel
    digit: str


class PlaybackFinished(_Typed, frozen=True):
    """A playback ended, was stopped, or failed."""

    playback: Playback


class RecordingFinished(_Typed, frozen=True):
    """A recording ended, whatever came of it."""

    recording: LiveRecording


class RecordingFailed(_Typed, frozen=True):
    """A recording could not be begun."""

    recording: LiveRecording


class ChannelDestroyed(_Typed, frozen=True):
    """A channel that we subscribed to is no more; ``cause`` is of Q.850."""

    channel: Channel
    cause: int = 0


class ApplicationReplaced(_Typed, frozen=True):
    """Another socket took our application's name; this one is deaf from now on."""

    application: str = ""


class TextMessageReceived(_Typed, frozen=True):
    """A text came from a phone of ours."""

    endpoint: PhoneAccount
    message: TextMessage


class RestResponse(_Typed, frozen=True, tag="RESTResponse"):
    """The answer to a request over the WebSocket."""

    request_id: str
    status_code: int
    message_body: str = ""
    reason_phrase: str = ""


Event: TypeAlias = (
    TextMessageReceived
    | StasisStart
    | StasisEnd
    | ChannelDtmfReceived
    | PlaybackFinished
    | RecordingFinished
    | RecordingFailed
    | ChannelDestroyed
    | ApplicationReplaced
)

EVENTS: tuple[type[Event], ...] = (
    StasisStart,
    StasisEnd,
    ChannelDtmfReceived,
    PlaybackFinished,
    RecordingFinished,
    RecordingFailed,
    ChannelDestroyed,
    ApplicationReplaced,
)
WANTED = (*(event.__name__ for event in EVENTS), "RESTResponse")
"""The types for Asterisk's event filter. Without RESTResponse every request hangs (measured)."""

TEXTS = (TextMessageReceived.__name__, "RESTResponse")
"""The same for the application that hears of texts."""


class Strange(Struct, frozen=True):
    """An event of a type that we do not read, or one that is not as documented (``why``)."""

    type: str
    why: str = ""


class _Envelope(Struct, frozen=True):
    type: str = ""


_decoder: json.Decoder[Event | RestResponse] = json.Decoder(Event | RestResponse)
_envelope = json.Decoder(_Envelope)


def parse(text: str | bytes) -> Event | RestResponse | Strange:
    """The event that ``text`` is. Never raises."""
    try:
        return _decoder.decode(text)
    except ValueError as error:
        return _strange(text, str(error))


def _strange(text: str | bytes, why: str) -> Strange:
    try:
        kind = _envelope.decode(text).type
    except ValueError:
        return Strange("", why)
    return Strange(kind, why if kind in (*WANTED, *TEXTS) else "")
