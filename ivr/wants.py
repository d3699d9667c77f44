"""What a session wants next: the answers of :func:`ivr.engine.step`, done by the adapters."""

from typing import Literal, TypeAlias

from msgspec import Struct

from ivr.values import Phrase, Values


class Screen(Struct, frozen=True):
    """What is told in one breath: phrases in a language. On a text line it is one page."""

    phrases: tuple[Phrase, ...]
    language: str
    barge_in: bool = True


class Grammar(Struct, frozen=True):
    """Which keys are an answer.

    Either one of the ``choices`` ("1", "10", "*"), or ``least`` to ``most`` digits, ended early
    by the ``stop`` key; ``most=0`` leaves only the choices. Or one of the ``codes`` ("*100#"); keys
    that become none of them count one by one. Times are in seconds: ``first`` counts from the end
    of the prompt, ``between`` from the last key, ``total`` from the first.
    """

    choices: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    least: int = 1
    most: int = 0
    stop: str = ""
    first: float = 5.0
    between: float = 3.0
    total: float = 30.0

    @property
    def lasts(self) -> float:
        """How long an answer may take from the end of the prompt on, at most; seconds."""
        keys = max([self.most, *map(len, self.choices | self.codes)])
        return self.first + min(self.total, self.between * keys)


class Ask(Struct, frozen=True, tag="ask"):
    """Tell the screen and bring the caller's answer: ``Keyed``, ``Silent`` or ``Gone``.

    ``flush`` drops what was typed ahead. The digits of a ``secret`` ask are written nowhere.
    """

    screen: Screen
    grammar: Grammar
    flush: bool = False
    secret: bool = False


class Say(Struct, frozen=True, tag="say"):
    """Tell the screen: ``Told`` or ``Gone``.

    ``passing``: it fills the time until what follows; whoever reads does not need it.
    """

    screen: Screen
    passing: bool = False


class Invoke(Struct, frozen=True, tag="invoke"):
    """Do an operation of self-service: ``Answered``. The same ``key`` twice is the same deed."""

    operation: str
    inputs: Values
    key: str


class Enqueue(Struct, frozen=True, tag="enqueue"):
    """Give the caller to a queue of agents: ``Bridged`` or ``Gone``."""

    queue: str
    topic: str
    language: str
    priority: int = 0


class Dial(Struct, frozen=True, tag="dial"):
    """Call a number, let it ring for so many seconds, and connect it: ``Bridged`` or ``Gone``."""

    number: str
    ring: float


class Record(Struct, frozen=True, tag="record"):
    """Tell the screen, sound a tone and record: ``Recorded``, ``Silent`` if nothing was said.

    It ends at the ``stop`` key, after ``quiet`` seconds of silence or ``longest`` in all. ``name``
    is unique and fit for a file.
    """

    screen: Screen
    longest: float
    quiet: float
    stop: str
    name: str


class CheckHours(Struct, frozen=True, tag="consult"):
    """Look at a schedule: ``Answered`` as ``open`` (``closes``) or ``closed`` (``opens``).

    The value in brackets is a moment, and missing when nothing will change for a year.
    """

    schedule: str


class FindAnnouncements(Struct, frozen=True, tag="concern"):
    """Look for announcements that concern the caller: ``Answered`` as ``some`` or ``none``.

    ``some`` brings ``announcements``, rows of ``announcement`` (spoken) and ``until`` (moment).
    """


class Send(Struct, frozen=True, tag="send"):
    """Send the caller the screen as a text message, once per ``key``: ``Answered`` as ``sent``.

    Or as ``nowhere``, when he has no number that a message could be sent to. ``unless_read``: where
    the session itself is text, it is as good as sent.
    """

    screen: Screen
    key: str
    unless_read: bool = False


class Done(Struct, frozen=True, tag="done"):
    """The session is over; the adapter hangs up if the caller is still there."""

    ending: Literal["ended", "gone"]


LineWant: TypeAlias = Ask | Say | Enqueue | Dial | Record | Done
"""What a line does, with the caller on it."""

Action: TypeAlias = Invoke | CheckHours | FindAnnouncements | Send
"""What is done behind the caller's back, also when he is gone."""

Want: TypeAlias = LineWant | Action
