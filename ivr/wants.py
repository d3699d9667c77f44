"""Wants: what a session wants next. :func:`ivr.engine.step` returns one, an adapter carries it out.

Each want names the events that answer it.
"""

from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.speech_grammar import SpeechGrammar
from ivr.values import Moment, Phrase, Values

AS_OF = "text-as-of"
"""The prompt that begins a text whose contents age."""


class Screen(Struct, frozen=True):
    """Prompts played one after the other, in one language; on a text line, one screen of text.

    ``pause_at``: the phrase, from 0, with which new words begin after others, so that a line of
    voice pauses before it; None if there is none. ``pause``: for how many seconds; None for as long
    as the site does.
    """

    phrases: tuple[Phrase, ...]
    language: str
    barge_in: bool = True
    pause_at: int | None = None
    pause: float | None = None


class Grammar(Struct, frozen=True):
    """Which keys are an answer, and the DTMF timers.

    An answer is one of the ``choices`` ("1", "10", "*"), or ``least`` to ``most`` digits, ended
    early by the ``stop`` key (``most=0``: choices only), or one of the ``codes`` ("*100#"); keys
    that do not complete a code count one by one. ``closing`` right after a choice belongs to it and
    is dropped, as ``stop`` is after ``most`` digits. Timers in seconds: ``first`` from the end of
    the prompt to the first key, ``between`` two keys, ``total`` from the first key.
    """

    choices: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    least: int = 1
    most: int = 0
    stop: str = ""
    closing: str = ""
    first: float = 5.0
    between: float = 3.0
    total: float = 30.0

    @property
    def lasts(self) -> float:
        """The longest time from the end of the prompt to the answer, in seconds."""
        keys = max([self.most, *map(len, self.choices | self.codes)])
        return self.first + min(self.total, self.between * keys)


class Ask(Struct, frozen=True, tag="ask"):
    """Play the screen and collect keys: ``Keyed``, ``Said``, ``Silent`` or ``Gone``.

    ``flush`` drops keys typed ahead. The digits of a ``secret`` ask are never logged or stored.
    The ``consent`` keys agree to what the screen says: they count only when it was presented whole
    before, so a line of voice drops them until the end of the prompt. With ``music`` a line of
    voice plays music from the end of the prompt until a key. ``speech``: what may be said instead
    of keys; a line that does not listen leaves it out.
    """

    screen: Screen
    grammar: Grammar
    flush: bool = False
    secret: bool = False
    consent: frozenset[str] = frozenset()
    music: bool = False
    speech: SpeechGrammar | None = None

    @property
    def read_out(self) -> bool:
        """Whether a line of text takes no reply before its last page was shown."""
        return bool(self.consent) or self.secret or not self.screen.barge_in


class Say(Struct, frozen=True, tag="say"):
    """Play the screen: ``Played`` or ``Gone``.

    ``passing``: it only fills the time until the next want; text lines skip it.
    """

    screen: Screen
    passing: bool = False


class Invoke(Struct, frozen=True, tag="invoke"):
    """Run a self-service operation: ``Answered``. The same ``key`` twice runs it once."""

    operation: str
    inputs: Values
    key: str


class Enqueue(Struct, frozen=True, tag="enqueue"):
    """Put the caller into a queue of agents: ``Bridged`` or ``Gone``.

    ``place``: from 1, the place among those of the same priority or less; 0 is the last one.
    ``only``: the penalty of the agents who are rung at first; 0: as the queue does. ``facts``: what
    is said of the caller to another machine that holds the queue, as :mod:`ivr.acd.handed` has it.
    """

    queue: str
    topic: str
    language: str
    priority: int = 0
    place: int = 0
    only: int = 0
    facts: str = ""


class Dial(Struct, frozen=True, tag="dial"):
    """Dial a number, let it ring for ``ring`` seconds, bridge it: ``Bridged`` or ``Gone``."""

    number: str
    ring: float


class Record(Struct, frozen=True, tag="record"):
    """Play the screen and a tone, then record: ``Recorded``, ``Silent`` if nothing was said.

    The recording ends at the ``stop`` key, after ``quiet`` seconds of silence, or after ``longest``
    seconds in all. ``name`` is unique and safe as a file name.
    """

    screen: Screen
    longest: float
    quiet: float
    stop: str
    name: str


class CheckHours(Struct, frozen=True, tag="consult"):
    """Look up opening hours: ``Answered`` as ``open`` (``closes``) or ``closed`` (``opens``).

    The value in brackets is a moment; it is missing when nothing changes for a year. ``at`` is the
    moment in question, None for the present one.
    """

    schedule: str
    at: Moment | None = None


class FindAnnouncements(Struct, frozen=True, tag="concern"):
    """Look up announcements that concern the caller: ``Answered`` as ``some`` or ``none``.

    Or as ``heard``: all of them were played to the caller's number within a day. Both return
    ``announcements``, rows of ``announcement`` (spoken) and ``until`` (moment).
    """


class Send(Struct, frozen=True, tag="send"):
    """Send the caller the screen as a text message, once per ``key``: ``Answered`` as ``sent``.

    Or as ``nowhere``, when the caller has no number to send to. ``unless_read``: a text session
    answers ``sent`` without sending, because the caller has read it. ``valid``: it begins with the
    time (:data:`AS_OF`), and is given up after so many seconds; 0 for neither.
    """

    screen: Screen
    key: str
    unless_read: bool = False
    valid: float = 0.0

    def dated(self, at: Moment) -> Screen:
        """The screen as it is sent at a moment of the caller's local time."""
        if not self.valid:
            return self.screen
        return replace(self.screen, phrases=(Phrase(AS_OF, {"at": at}), *self.screen.phrases))


class Done(Struct, frozen=True, tag="done"):
    """The session is over; the adapter hangs up if the caller is still there."""

    ending: Literal["ended", "gone"]


LineWant: TypeAlias = Ask | Say | Enqueue | Dial | Record | Done
"""What a line carries out with the caller."""

Action: TypeAlias = Invoke | CheckHours | FindAnnouncements | Send
"""What the application carries out without the line, also after a hang-up."""

Want: TypeAlias = LineWant | Action
