"""A session: everything about a call that a turn depends on, as one frozen value."""

from msgspec import Struct, field, json

from ivr.terms import Need
from ivr.values import Phrase, Values, unwritten

FORMAT = 2
"""Grows when a stored session of before cannot be read any more."""

Spot = tuple[str, str]
"""A flow and a node of it."""


class Caller(Struct, frozen=True):
    """Who calls: the number, the subscriber whose it is, and whether the line vouches for it."""

    number: str
    subscriber: int | None = None
    vouched: bool = True


class Frame(Struct, frozen=True):
    """Where a flow stands that called another one, until that one returns.

    ``identifying``: the node did not call it, but needs a caller who is known better.
    """

    flow: str
    node: str
    values: Values
    trail: tuple[Spot, ...]
    identifying: bool = False


class Session(Struct, frozen=True, kw_only=True):
    """Where a call stands.

    ``heard`` is what the last ask told, ``again`` what it tells when it is to be repeated,
    ``pending`` what is still to be told with the next screen, ``telling`` whether the caller is
    being told something without being asked, ``told`` whether those are this node's own words,
    ``trail`` the menus that "back" goes back through. ``silences`` and ``wrongs`` count in this
    node, ``misses`` in the whole call. ``turn`` counts the events. ``frames`` are the flows that
    called this one, the outermost first. ``proven``: the caller told the code word. ``gone``: he
    hung up and the flow still has something to do; ``failed``: the flow's on-error was taken.
    ``ahead``: what was dialled with a code, to answer what is asked in turn.
    """

    id: str
    dialled: str
    caller: Caller
    language: str
    flow: str
    node: str
    turn: int = 0
    values: Values = {}
    trail: tuple[Spot, ...] = ()
    frames: tuple[Frame, ...] = ()
    pending: tuple[Phrase, ...] = ()
    heard: tuple[Phrase, ...] = ()
    again: tuple[Phrase, ...] = ()
    playing: bool = field(default=False, name="telling")
    played: bool = field(default=False, name="told")
    silences: int = 0
    wrongs: int = 0
    misses: int = 0
    proven: bool = False
    gone: bool = False
    failed: bool = False
    ahead: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def identity(self) -> Need:
        """How well the caller is known."""
        if self.caller.subscriber is None:
            return "none"
        if self.proven:
            return "code-word"
        return "caller" if self.caller.vouched else "none"


def to_json(session: Session) -> bytes:
    """The session as text. What is sealed in it is left out: secrets are never written."""
    return json.encode(session, enc_hook=unwritten)


def from_json(text: bytes) -> Session:
    """The session of ``text``; :class:`msgspec.ValidationError` if it is none of this format.

    What was sealed in it is forgotten: a flow that uses it is at fault, and must ask again.
    """
    session = _decoder.decode(text)
    if session.format != FORMAT:
        raise ValueError(f"a session of format {session.format}, and this program reads {FORMAT}")
    return session


_decoder = json.Decoder(Session)
