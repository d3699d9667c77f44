"""A session: everything about a call that a turn depends on, as one frozen value."""

from msgspec import Struct, field, json

from ivr.terms import Need
from ivr.values import Phrase, Values, unwritten

FORMAT = 2
"""Format of a stored session; raised when older ones can no longer be read."""

Spot = tuple[str, str]
"""A flow and a node of it."""


class Caller(Struct, frozen=True):
    """The caller's number, its subscriber, and whether the line vouches for the number.

    ``vouched`` is False for a number that the network did not verify. ``way``: what the call came
    in by, such as a trunk; "" if it does not matter.
    """

    number: str
    subscriber: int | None = None
    vouched: bool = True
    way: str = ""


class Subject(Struct, frozen=True):
    """The subscriber whom a call is about, if not the one whose line it comes from: the id, and
    the number, as an MSISDN."""

    subscriber: int
    number: str


class Frame(Struct, frozen=True):
    """A stack frame: where a flow stands that called another one, until that one returns.

    ``identifying``: the call was made for a node that needs a higher identity level; ``pending``
    are then the phrases to play with that node's screen. ``agreed``: as in :class:`Session`.
    """

    flow: str
    node: str
    values: Values
    trail: tuple[Spot, ...]
    identifying: bool = False
    pending: tuple[Phrase, ...] = ()
    agreed: tuple[Phrase, ...] | None = None


class Session(Struct, frozen=True, kw_only=True):
    """Where a call stands.

    ``heard``: the phrases of the last ask; ``again``: those that "repeat" plays; ``pending``:
    phrases to play with the next screen. ``playing``: a :class:`~ivr.wants.Say` is being played;
    ``played``: it holds this node's own prompts. ``trail``: the menus that "back" goes through.
    ``page``: which rows of its list a menu says, from 0.
    ``silences`` and ``wrongs`` count in this node, ``misses`` in the whole call, ``turn`` counts
    the events. ``frames``: the flows that called this one, the outermost first. ``about``: the
    caller has proved to be another subscriber than that of the line. ``proven``: the code word of
    the :attr:`subscriber` was right. ``gone``: the caller hung up and the flow still has actions
    to run. ``failed``: an on-error was taken. ``ahead``: replies dialled with a code, which answer
    the next asks in turn. ``saying``: the phrases of the :class:`~ivr.wants.Say` that is being
    played; ``presented``: the phrases that were presented whole since the caller's last answer;
    ``agreed``: those that the caller said yes to, until an operation that costs is run for it, or
    the caller chooses something else; None without a yes. ``misheard``: how often what was said in
    this node was not understood; ``doubted``: the answer that is being asked back, and ``doubt``
    its words and how sure they are.
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
    page: int = 0
    playing: bool = field(default=False, name="telling")
    played: bool = field(default=False, name="told")
    silences: int = 0
    wrongs: int = 0
    misheard: int = 0
    doubted: str = ""
    doubt: tuple[str, float] = ("", 0.0)
    misses: int = 0
    about: Subject | None = None
    proven: bool = False
    gone: bool = False
    failed: bool = False
    ahead: tuple[str, ...] = ()
    saying: tuple[Phrase, ...] = ()
    presented: tuple[Phrase, ...] = ()
    agreed: tuple[Phrase, ...] | None = None
    format: int = FORMAT

    @property
    def identity(self) -> Need:
        """The caller's identity level, as the :attr:`subscriber`."""
        if self.subscriber is None:
            return "none"
        if self.proven:
            return "code-word"
        return "caller" if self.about or self.caller.vouched else "none"

    @property
    def subscriber(self) -> int | None:
        """The subscriber whom the call is about; None if unknown."""
        return self.about.subscriber if self.about else self.caller.subscriber

    @property
    def number(self) -> str:
        """The number of that subscriber, to which texts are sent; "" if withheld."""
        return self.about.number if self.about else self.caller.number


def to_json(session: Session) -> bytes:
    """The session as JSON. Sealed values are left out: secrets are never stored."""
    return json.encode(session, enc_hook=unwritten)


def from_json(text: bytes) -> Session:
    """The session of JSON ``text``; its sealed values are empty and must be asked for again.

    Raises :class:`msgspec.ValidationError` for another structure, ValueError for another format.
    """
    session = _decoder.decode(text)
    check(session)
    return session


def check(session: Session) -> None:
    """Raise ValueError for a session that was stored in another format."""
    if session.format != FORMAT:
        raise ValueError(f"a session of format {session.format}, and this program reads {FORMAT}")


_decoder = json.Decoder(Session)
