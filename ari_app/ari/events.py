"""The events of ARI, parsed from JSON into frozen types.

The fields are those of the models in Asterisk's ``rest-api/events.json`` that are used; the rest of
an event is not decoded.
"""

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import unquote

from msgspec import Struct, json


class CallerId(Struct, frozen=True):
    """The caller ID as the trunk or phone gives it: untrusted text."""

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
        """The endpoint of the channel: ``PJSIP/trunk`` of ``PJSIP/trunk-00000a1f``."""
        return self.name.rpartition("-")[0]


class Playback(Struct, frozen=True):
    """A playback; ``state`` is ``done`` or ``failed`` when it finished."""

    id: str
    state: str = ""


class LiveRecording(Struct, frozen=True):
    """A recording; ``target_uri`` names what is recorded: ``channel:…``."""

    name: str
    target_uri: str


class PhoneAccount(Struct, frozen=True):
    """An endpoint: ``resource`` is the account, authenticated by Asterisk."""

    technology: str
    resource: str
    state: str = ""


class TextMessage(Struct, frozen=True):
    """A SIP MESSAGE; its From header is not used, because a phone can write anything there."""

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


class CallBroadcast(_Typed, frozen=True):
    """StasisBroadcast() offers a channel to several applications: the first to claim it has it."""

    channel: Channel


class StasisEnd(_Typed, frozen=True):
    """A channel left the application: it hung up, or continues in the dialplan."""

    channel: Channel


class ChannelDtmfReceived(_Typed, frozen=True):
    """A key was released."""

    channel: Channel
    digit: str


class PlaybackFinished(_Typed, frozen=True):
    """A playback ended, was stopped, or failed."""

    playback: Playback


class RecordingFinished(_Typed, frozen=True):
    """A recording ended, with or without a file."""

    recording: LiveRecording


class RecordingFailed(_Typed, frozen=True):
    """A recording could not be started."""

    recording: LiveRecording


class ChannelDestroyed(_Typed, frozen=True):
    """A channel that we subscribed to was destroyed; ``cause`` is of Q.850."""

    channel: Channel
    cause: int = 0


class ApplicationReplaced(_Typed, frozen=True):
    """Another socket registered the application; this one gets no more events."""

    application: str = ""


class ChannelUserevent(_Typed, frozen=True):
    """An event that a client of ARI sent to the application; of no channel."""

    eventname: str
    userevent: Mapping[str, str] = {}


class TextMessageReceived(_Typed, frozen=True):
    """A registered phone sent a SIP MESSAGE."""

    endpoint: PhoneAccount
    message: TextMessage


class Peer(Struct, frozen=True):
    """The status of an endpoint: ``Reachable`` once one of its phones is registered."""

    peer_status: str


class PeerStatusChange(_Typed, frozen=True):
    """A phone of an endpoint registered, or the last one went away."""

    endpoint: PhoneAccount
    peer: Peer

    @property
    def registered(self) -> bool:
        """Whether a text can be delivered to it now."""
        return self.peer.peer_status == "Reachable"


class RestResponse(_Typed, frozen=True, tag="RESTResponse"):
    """The answer to a request over the WebSocket."""

    request_id: str
    status_code: int
    message_body: str = ""
    reason_phrase: str = ""


Event: TypeAlias = (
    TextMessageReceived
    | ChannelUserevent
    | PeerStatusChange
    | StasisStart
    | CallBroadcast
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

OF_WORKERS = (*WANTED, CallBroadcast.__name__)
"""The same for an application that shares the calls with others."""

OF_PHONES = (TextMessageReceived.__name__, PeerStatusChange.__name__, "RESTResponse")
"""The same for the application that is subscribed to phones."""

OF_WHISPERS = (StasisStart.__name__, PlaybackFinished.__name__, "RESTResponse")
"""The same for the application whose channels speak to callers in queues."""


class Unparsed(Struct, frozen=True):
    """An event of a type that is not used, or a malformed one (``why`` says how)."""

    type: str
    why: str = ""


class _Envelope(Struct, frozen=True):
    type: str = ""


_decoder: json.Decoder[Event | RestResponse] = json.Decoder(Event | RestResponse)
_envelope = json.Decoder(_Envelope)


def parse(text: str | bytes) -> Event | RestResponse | Unparsed:
    """The event that ``text`` is. Never raises."""
    try:
        return _decoder.decode(text)
    except ValueError as error:
        return _unparsed(text, str(error))


def _unparsed(text: str | bytes, why: str) -> Unparsed:
    try:
        kind = _envelope.decode(text).type
    except ValueError:
        return Unparsed("", why)
    return Unparsed(kind, why if kind in (*OF_WORKERS, *OF_PHONES) else "")
