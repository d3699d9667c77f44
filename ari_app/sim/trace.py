"""The trace of a call: for expectations, reports and coverage."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from ari_app.session.conductor import CallObserver
from ivr.analysis.coverage import EdgeKey, edges_taken
from ivr.analysis.paths import Transition
from ivr.engine import Step
from ivr.events import Event
from ivr.model import Book
from ivr.session import Session, Spot
from ivr.wants import Ask, Dial, Enqueue, Invoke, Record, Say, Send, Want

Clock = Callable[[], float]
"""Seconds since the call began."""

Watch = Callable[[float, Step | Want | str], None]
"""Called at once, with the second of the call, for each step, want and note."""


class Since:
    """What happened since the caller's last action, which is ``after``."""

    def __init__(self, after: str) -> None:
        self.after = after
        self.prompts: list[str] = []
        self.messages: list[str] = []
        self.outcomes: dict[str, str] = {}
        self.queue: Enqueue | None = None
        self.dialled = ""
        self.notes: list[str] = []


class Line(Struct, frozen=True):
    """A step, at its second."""

    at: float
    step: Step


class Trace(CallObserver):
    """The observer of one call."""

    def __init__(self, book: Book, clock: Clock, watch: Watch | None = None) -> None:
        self._book = book
        self._clock = clock
        self._watch = watch
        self.session: Session | None = None
        self.since = Since("the beginning")
        self.path: list[Line] = []
        self.turns: list[Transition] = []
        self.edges: set[EdgeKey] = set()
        self.spots: set[Spot] = set()
        self.silences = 0
        """How many asks and recordings ended in silence."""
        self.ending = ""

    def began(self, session: Session, version: str, at: datetime) -> None:  # noqa: ARG002 - the signature of the interface
        """See :class:`~ari_app.session.conductor.CallObserver`."""
        self.session = session

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:  # noqa: ARG002 - the signature of the interface
        """See :class:`~ari_app.session.conductor.CallObserver`."""
        before, self.session = self.session or session, session
        self.edges.update(edges_taken(self._book, before, steps))
        self.spots.update((step.flow, step.node) for step in steps)
        for step in steps:
            self.path.append(Line(self._clock(), step))
            self._notify(step)

    def presented(self, call: str, want: Want) -> None:  # noqa: ARG002 - the signature of the interface
        """See :class:`~ari_app.session.conductor.CallObserver`."""
        match want:
            case Ask() | Say() | Record():
                self.since.prompts += [phrase.prompt for phrase in want.screen.phrases]
            case Enqueue():
                self.since.queue = want
            case Dial():
                self.since.dialled = want.number
        if self.session is not None:
            self.spots.add((self.session.flow, self.session.node))
        self._notify(want)

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:  # noqa: ARG002 - the signature of the interface
        """See :class:`~ari_app.session.conductor.CallObserver`."""
        self.ending = ending

    # Reported by the line and by the actions.

    def acted(self, what: str) -> None:
        """The caller did something."""
        self.since = Since(what)
        self._notify(what)

    def happened(self, want: Want, event: Event) -> None:
        """A want was answered by an event."""
        if self.session is not None:
            self.turns.append(Transition(self.session, want, event))
        outcome = getattr(event, "outcome", "broken")
        match want:
            case Invoke():
                self.since.outcomes[want.operation] = outcome
                self._notify(f"{want.operation}: {outcome}")
            case Enqueue():
                self._notify(f"back from the queue {want.queue}: {outcome}")
            case Send() if outcome == "sent":
                self._notify(want)
                self.since.messages += [phrase.prompt for phrase in want.screen.phrases]

    def note(self, text: str, quiet: bool = False) -> None:
        """Note something that may explain a failure; ``quiet``: not shown at once."""
        self.since.notes.append(text)
        if not quiet:
            self._notify(text)

    def _notify(self, what: Step | Want | str) -> None:
        if self._watch is not None:
            self._watch(self._clock(), what)
