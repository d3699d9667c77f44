"""A recorded call through menus on a virtual clock: as it was, or through other menus."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec import Struct

from ivr.engine import FlowError, Step, step
from ivr.events import Event, Gone
from ivr.model import Book
from ivr.session import Session
from ivr.session_start import first_event
from ivr.tape import LONGEST, Tape, Taped, label, played_back
from ivr.wants import Dial, Done, Enqueue, Invoke, Want


class StopsError(Exception):
    """A replay cannot go on: ``how`` is ``lost`` (the caller cannot), or ``unknown`` (what a back
    end would answer is not on the tape), or ``queue`` (whatever came after is not)."""

    def __init__(self, how: str, why: str) -> None:
        super().__init__(why)
        self.how = how


class UnlikeError(Exception):
    """The menus do not want what they did when the call was recorded."""


class Played(Struct, frozen=True):
    """A want of a session, begun at a second of the call, what answered it, and for how long.

    ``taped``: the event as it is on the tape.
    """

    at: float
    session: Session
    want: Want
    event: Event
    seconds: float
    taped: Taped | None = None


class Run(Struct, frozen=True):
    """A call through menus. ``how``: ``ended``, ``gone``, ``fault``, or that of a
    :class:`StopsError`; ``why`` it stopped; ``spot``: the flow and the node where it was over."""

    turns: tuple[Played, ...]
    steps: tuple[Step, ...]
    how: str
    spot: tuple[str, str]
    seconds: float
    why: str = ""

    @property
    def end(self) -> str:
        """The end in words, to compare it with that of another run."""
        where = "/".join(self.spot)
        return f"{self.how} in {where}" + (f": {self.why}" if self.why else "")


Reply: TypeAlias = tuple[Event, float, Taped | None]
"""An event, after how many seconds it came, and how it is on the tape."""

Replies = Callable[[Session, Want], Reply]
"""What answers a want. Raises :class:`StopsError`."""


def run(book: Book, session: Session, replies: Replies) -> Run:
    """A call from its first session on, to its end."""
    turns: list[Played] = []
    steps: list[Step] = []
    seconds = 0.0
    event: Event = first_event(session)
    how, why = "lost", "it goes round and round"
    left: tuple[str, str] | None = None
    try:
        for _ in range(2 * LONGEST):
            taken = step(book, session, event)
            steps += taken.steps
            session, want = taken.session, taken.want
            if isinstance(want, Done):
                how, why = want.ending, ""
                break
            event, lasted, taped = replies(session, want)
            if isinstance(event, Gone) and left is None:
                left = (session.flow, session.node)
            turns.append(Played(seconds, session, want, event, lasted, taped))
            seconds += lasted
    except StopsError as stopped:
        how, why = stopped.how, str(stopped)
    except FlowError as error:
        steps += error.steps
        how, why = "fault", str(error)
    spot = left if how == "gone" and left else (session.flow, session.node)
    return Run(tuple(turns), tuple(steps), how, spot, round(seconds, 2), why)


def as_recorded(book: Book, session: Session, tape: Tape) -> Run:
    """A call through the menus in which it was recorded; raises :class:`UnlikeError` if they do
    not want what they did then."""
    coming = deque(tape.turns)

    def replies(now: Session, want: Want) -> Reply:
        if not coming:
            raise UnlikeError(f"{now.flow}/{now.node} wants more than is on the tape")
        one = coming.popleft()
        if (one.flow, one.node, one.want) != (now.flow, now.node, label(want)):
            was = f"{one.want} in {one.flow}/{one.node}"
            raise UnlikeError(f"{was} was {label(want)} in {now.flow}/{now.node}")
        return played_back(one.event, want), one.seconds, one.event

    found = run(book, session, replies)
    if coming:
        there = f"{coming[0].flow}/{coming[0].node}"
        raise UnlikeError(f"it was over in {'/'.join(found.spot)}, but went on to {there}")
    return found


def reached(found: Run) -> Iterator[tuple[str, float]]:
    """What the caller came to, each with its second: operations with their outcome, queues and
    numbers dialled."""
    for turn in found.turns:
        match turn.want:
            case Enqueue() | Dial():
                yield label(turn.want), turn.at
            case Invoke():
                outcome = getattr(turn.event, "outcome", "failed")
                yield f"{label(turn.want)}: {outcome}", turn.at + turn.seconds
    if found.how == "queue":
        yield found.why, found.seconds


def heard(found: Run) -> Iterator[tuple[str, float]]:
    """The nodes that the caller came to, each with its second."""
    for turn in found.turns:
        yield f"{turn.session.flow}/{turn.session.node}", turn.at


def person(found: Run) -> float | None:
    """At which second the caller came to people: into a queue, or to a number dialled."""
    at = [second for what, second in reached(found) if what.startswith("queue ") or what == "dial"]
    return at[0] if at else None
