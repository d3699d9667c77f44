"""A recorded call through other menus: the caller presses the keys that were pressed then, back
ends answer as they did.

A key counts at the question that comes next, whichever it is, as of a caller who dials by heart.
Silence stays silence. Who heard a text to its end hears that of the new menus to its end, too.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ari_app.sim.replay import Played, Reply, Run, StopsError, run
from ivr.events import Answered, Event, Failed, Gone, Keyed, Recorded, Said, Silent
from ivr.events import Played as WasPlayed
from ivr.gather import Gather, Keypad
from ivr.hours.schedule import hours_answer, hours_at
from ivr.model import Book
from ivr.session import Session
from ivr.session_start import start_session
from ivr.tape import Hidden, label, played_back
from ivr.wants import (
    Action,
    Ask,
    CheckHours,
    Dial,
    Enqueue,
    FindAnnouncements,
    Invoke,
    Record,
    Say,
    Screen,
    Send,
    Want,
)

HAND = 0.3
"""Seconds between two keys."""


class Setting(Struct, frozen=True):
    """Menus, and how long their screens last, in seconds."""

    book: Book
    lasts: Callable[[Screen], float]


class Pressed(Struct, frozen=True):
    """Keys of the recorded call: at which turn they were pressed then, and at which one now."""

    before: int
    after: int


def follow(
    before: Run, old: Setting, new: Setting, start: Session, began: datetime
) -> tuple[Run, list[Pressed]]:
    """The run of a recorded call through ``new`` menus, and where its keys were pressed.

    ``before``: its run through the ``old`` ones; ``began``: when.
    """
    session = _start(new.book, start)
    if session is None:
        why = f"no flow answers {start.dialled}"
        return Run((), (), "lost", (start.flow, start.node), 0.0, why), []
    following = _Following(before, old, new, began)
    return run(new.book, session, following.reply), following.pressed


def _start(book: Book, start: Session) -> Session | None:
    """The first session with other menus: at the beginning of what was dialled, or of the flow of a
    call that we made."""
    dialled = start_session(book, start.id, start.dialled, start.caller, (start.language,))
    if dialled is not None:
        return replace(dialled, ahead=start.ahead, values=start.values)
    flow = book.flows.get(start.flow)
    return start if flow is not None and start.node in flow.nodes else None


class _Following:
    """What answers the wants of a call through new menus."""

    def __init__(self, before: Run, old: Setting, new: Setting, began: datetime) -> None:
        self._turns, self._old, self._new, self._began = before.turns, old, new, began
        self._inputs = deque(self._of(Ask, Record))
        self._answers: dict[str, deque[int]] = defaultdict(deque)
        for at in self._of(Invoke, CheckHours, FindAnnouncements, Send, Enqueue, Dial):
            self._answers[label(self._turns[at].want)].append(at)
        left = [at for at, turn in enumerate(self._turns) if isinstance(turn.event, Gone)]
        self._left = left[0] if left else None
        self._said = 0
        """The turn from which on screens were not played yet."""
        self._rest = ""
        """Keys of an answer that a shorter one has not taken."""
        self._count = 0
        self.pressed: list[Pressed] = []

    def _of(self, *kinds: type) -> Iterator[int]:
        for at, turn in enumerate(self._turns):
            if isinstance(turn.want, kinds) and not isinstance(turn.event, Gone):
                yield at

    def reply(self, session: Session, want: Want) -> Reply:
        """What answers a want now."""
        event, seconds, *_ = self._reply(session, want)
        self._count += 1
        return event, max(0.0, round(seconds, 2)), None

    def _reply(self, session: Session, want: Want) -> tuple[Event, float]:
        match want:
            case Ask():
                return self._ask(want)
            case Say():
                return self._say(session, want)
            case Record():
                return self._record(want)
            case Enqueue() | Dial():
                return self._away(want)
        assert isinstance(want, Action)
        return self._act(want)

    # Keys

    def _ask(self, ask: Ask) -> tuple[Event, float]:
        if self._rest:
            return self._type(ask, self._rest), HAND
        if not self._inputs:
            return self._over(ask, ask.screen)
        at = self._inputs.popleft()
        turn = self._turns[at]
        self._said = max(self._said, at + 1)
        if isinstance(turn.event, Keyed | Said):
            self.pressed.append(Pressed(at, self._count))
        alike = isinstance(turn.want, Ask) and _alike(turn.want, ask)
        if alike or isinstance(turn.event, Failed):
            return turn.event, turn.seconds + self._longer(turn, ask.screen)
        longer = self._longer(turn, ask.screen)
        if isinstance(turn.event, Said) and ask.speech is not None:
            return turn.event, turn.seconds + longer
        if not isinstance(turn.event, Keyed):
            return Silent(whole=True), self._new.lasts(ask.screen) + ask.grammar.first
        hidden = isinstance(turn.taped, Hidden) and turn.event.sealed and turn.taped.fits
        if hidden and ask.secret and turn.taped is not None:
            return played_back(turn.taped, ask), turn.seconds + longer
        return self._type(ask, turn.event.digits), turn.seconds + longer

    def _type(self, ask: Ask, keys: str) -> Keyed | Said | Silent:
        """What keys are as an answer, pressed one after the other when all was heard."""
        pad, now, rest = Keypad(), 0.0, deque(keys)
        gather = Gather(ask, pad, now)
        gather.prompt_played(now, whole=True)
        while rest and gather.answer is None:
            now += HAND
            pad.press(rest.popleft(), now)
            gather.keyed(now)
        while gather.answer is None and gather.due is not None:
            gather.timer_fired(gather.due)
        self._rest = "".join((*pad.ahead, *rest))
        answer = gather.answer or Silent(whole=True)
        return replace(answer, sealed=ask.secret) if isinstance(answer, Keyed) else answer

    def _record(self, record: Record) -> tuple[Event, float]:
        if not self._inputs:
            return self._over(record, record.screen)
        at = self._inputs[0]
        turn = self._turns[at]
        if not isinstance(turn.want, Record):
            return Silent(), self._new.lasts(record.screen) + record.quiet
        self._inputs.popleft()
        self._said = max(self._said, at + 1)
        return turn.event, turn.seconds + self._longer(turn, record.screen)

    def _over(self, want: Ask | Record, screen: Screen) -> tuple[Event, float]:
        """No keys are left: the caller hangs up as then, or does not know what to press."""
        if self._left is None:
            raise StopsError("lost", "more is asked, and no keys are left")
        turn = self._turns[self._left]
        if isinstance(turn.want, Ask) and isinstance(want, Ask) and _alike(turn.want, want):
            return turn.event, turn.seconds
        return turn.event, self._new.lasts(screen)

    # Texts

    def _say(self, session: Session, say: Say) -> tuple[Event, float]:
        upto = self._inputs[0] if self._inputs else len(self._turns)
        here = (session.flow, session.node)
        for at in range(self._said, upto):
            turn = self._turns[at]
            if isinstance(turn.want, Say):
                same = turn.want.screen.phrases == say.screen.phrases
                if same or (turn.session.flow, turn.session.node) == here:
                    self._said = at + 1
                    return turn.event, turn.seconds + self._longer(turn, say.screen)
        return WasPlayed(whole=True), self._new.lasts(say.screen)

    def _longer(self, turn: Played, screen: Screen) -> float:
        """By how many seconds the answer comes later, as the text before it is longer."""
        was = turn.want.screen if isinstance(turn.want, Ask | Say | Record) else None
        if was is None or not getattr(turn.event, "whole", isinstance(turn.event, Recorded)):
            return 0.0
        return self._new.lasts(screen) - self._old.lasts(was)

    # Queues and back ends

    def _away(self, want: Enqueue | Dial) -> tuple[Event, float]:
        name = label(want)
        if self._answers[name]:
            turn = self._turns[self._answers[name].popleft()]
            return turn.event, turn.seconds
        if self._left is not None and label(self._turns[self._left].want) == name:
            turn = self._turns[self._left]
            return turn.event, turn.seconds
        raise StopsError("queue", name)

    def _act(self, action: Action) -> tuple[Event, float]:
        name = label(action)
        kept = self._answers[name]
        turn = self._turns[kept.popleft() if len(kept) > 1 else kept[0]] if kept else None
        if isinstance(action, CheckHours):
            return self._hours(action, turn)
        if turn is None:
            match action:
                case FindAnnouncements():
                    return Answered("none"), 0.0
                case Send():
                    return Answered("sent"), 0.0
            raise StopsError("unknown", f"{name} did not run in this call")
        outcome = getattr(turn.event, "outcome", "")
        known = self._new.book.operations[action.operation] if isinstance(action, Invoke) else None
        if known is not None and outcome and outcome not in known.outcomes:
            raise StopsError("unknown", f"{name} has no outcome {outcome} any more")
        return turn.event, turn.seconds

    def _hours(self, action: CheckHours, turn: Played | None) -> tuple[Event, float]:
        """As then, of a schedule that is the same; else what it says of the moment of the call."""
        old = self._old.book.schedules.get(action.schedule)
        schedule = self._new.book.schedules[action.schedule]
        if turn is not None and old == schedule:
            return turn.event, turn.seconds
        zone = ZoneInfo(schedule.timezone)
        local = self._began.astimezone(zone)
        at = action.at.at.replace(tzinfo=zone) if action.at else local
        return hours_answer(hours_at(schedule, at, zone), local.date()), 0.0


def _alike(old: Ask, new: Ask) -> bool:
    """Whether the same keys answer both."""
    return (old.grammar, old.secret, old.consent) == (new.grammar, new.secret, new.consent)
