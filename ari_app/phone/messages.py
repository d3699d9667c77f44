"""The messages between the handset and its SIP process: one JSON object per line.

Times (``at``) are seconds of the machine's monotonic clock, which all processes share.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

Transport: TypeAlias = Literal["udp", "tcp"]

KEYS = frozenset("0123456789*#ABCD")
"""The keys of RFC 4733."""

TONE = 0.1
"""How long a key is held, in seconds."""

GAP = 0.06
"""The silence between two keys, in seconds. Asterisk needs at least 40 ms."""


@dataclass(frozen=True, slots=True)
class Account:
    """A SIP account of the server at ``host``:``port``."""

    user: str
    password: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 5060


class Start(Struct, frozen=True, tag="start"):
    """The first command. Incoming calls are answered after ``answer_after`` seconds."""

    account: Account
    transport: Transport = "udp"
    record: str = ""
    answer_after: float | None = None


class Register(Struct, frozen=True, tag="register"):
    """Register, so that calls to the user reach this phone."""


class Dial(Struct, frozen=True, tag="dial"):
    """Call a number of the account's server."""

    number: str


class Press(Struct, frozen=True, tag="press"):
    """Press keys, one after another."""

    keys: str


class Play(Struct, frozen=True, tag="play"):
    """Play a WAV file to the other side."""

    path: str


class Text(Struct, frozen=True, tag="text"):
    """Send an instant message to a number of the account's server."""

    number: str
    text: str


class Answer(Struct, frozen=True, tag="answer"):
    """Answer the incoming call."""


class Consult(Struct, frozen=True, tag="consult"):
    """Call a number beside the current call, for an attended transfer."""

    number: str


class Transfer(Struct, frozen=True, tag="transfer"):
    """Blind transfer to a number or, without one, attended transfer to the consulted party."""

    number: str = ""


class Hangup(Struct, frozen=True, tag="hangup"):
    """Hang up; a ringing incoming call is rejected as busy."""


Command: TypeAlias = (
    Start | Register | Dial | Press | Play | Text | Answer | Consult | Transfer | Hangup
)


class Ready(Struct, frozen=True, tag="ready"):
    """The phone has started; commands are accepted."""

    at: float


class Registered(Struct, frozen=True, tag="registered"):
    """The server accepted the registration."""

    at: float


class Dialled(Struct, frozen=True, tag="dialled"):
    """The call is on its way."""

    number: str
    at: float


class Ringing(Struct, frozen=True, tag="ringing"):
    """The other side rings (``code`` 180), or sends early media (183)."""

    code: int
    at: float


class Incoming(Struct, frozen=True, tag="incoming"):
    """An incoming call: ``caller`` is the user of the From header, ``name`` its name."""

    caller: str
    name: str
    at: float


class Connected(Struct, frozen=True, tag="connected"):
    """The call is answered, with audio both ways."""

    at: float


class Pressed(Struct, frozen=True, tag="pressed"):
    """A key was pressed at ``at``; it is released :data:`TONE` seconds later."""

    key: str
    at: float


class Released(Struct, frozen=True, tag="released"):
    """The last key of a :class:`Press` is released."""

    at: float


class Played(Struct, frozen=True, tag="played"):
    """The file of a :class:`Play` was sent to its end."""

    path: str
    at: float


class Disconnected(Struct, frozen=True, tag="disconnected"):
    """The call is over: SIP status and reason, and the complete recording ("" if there is none)."""

    code: int
    reason: str
    recording: str
    at: float


class Texted(Struct, frozen=True, tag="texted"):
    """An instant message came: ``sender`` is the user of its From header."""

    sender: str
    text: str
    at: float


class Sent(Struct, frozen=True, tag="sent"):
    """The server accepted the message of a :class:`Text`."""

    at: float


class Idle(Struct, frozen=True, tag="idle"):
    """There is no call to hang up."""

    at: float


class Failed(Struct, frozen=True, tag="failed"):
    """A command failed: ``what`` names it, ``code`` is a SIP status or 0."""

    what: str
    reason: str
    code: int
    at: float


Event: TypeAlias = (
    Ready
    | Registered
    | Dialled
    | Ringing
    | Incoming
    | Connected
    | Pressed
    | Released
    | Played
    | Disconnected
    | Texted
    | Sent
    | Idle
    | Failed
)

_encoder = msgspec.json.Encoder()
_commands: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def to_line(message: Command | Event) -> bytes:
    """The message as a line, with its line end."""
    return _encoder.encode(message) + b"\n"


def command(line: bytes) -> Command:
    """The command in a line. Raises :class:`msgspec.DecodeError`."""
    return _commands.decode(line)


def event(line: bytes) -> Event:
    """The event in a line. Raises :class:`msgspec.DecodeError`."""
    return _events.decode(line)
