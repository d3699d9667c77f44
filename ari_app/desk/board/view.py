"""The board as values, from the queues in Asterisk and the figures of the day."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from ari_app.desk.agents.agent_state import AgentState, AgentStates, StateName
from ari_app.desk.board.board_port import AgentDay, BoardLimits, DayFigures, Doing
from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.ports import Colleague
from ivr.acd.board import Board, Caller, Offer, Talk
from ivr.acd.callbacks import of_channel
from ivr.acd.figures import ABSENT, SIGNED_OUT, Figures, together

Know = Callable[[Caller, str], Arrival]
"""What is known of a caller in a queue, from memory."""


class Waiter(Struct, frozen=True):
    """A caller who waits. ``ours``: they came through our menus, so that they can be moved.
    ``stands_in``: it is the place of somebody who will be called back, and no one on the line."""

    call: str
    channel: str
    queue: str
    number: str
    subscriber: int | None
    topic: str
    since: datetime
    ours: bool
    stands_in: bool = False
    name: str = ""

    @property
    def key(self) -> str:
        """By what the row is found."""
        return self.call


class QueueRow(Struct, frozen=True, kw_only=True):
    """A queue: ``oldest`` waits longest; ``level`` is that of the last hour, in per cent, None if
    no one was to be answered; ``low``: below the goal."""

    name: str
    waiting: int
    oldest: Waiter | None
    free: int
    present: int
    answered: int
    abandoned: int
    level: float | None
    low: bool
    many: bool
    lately: tuple[int, ...]

    @property
    def key(self) -> str:
        """By what the row is found."""
        return self.name


class Person(Struct, frozen=True, kw_only=True):
    """An agent, and the caller with whom they speak, or whose call rings: by ``number`` and
    ``topic``. ``limit``: after how many seconds the state stands out, 0 for never."""

    name: str
    full_name: str
    extension: str
    state: StateName
    reason: str
    paused: bool
    away: bool
    since: datetime | None
    limit: int
    number: str
    topic: str
    queue: str
    queues: tuple[str, ...]
    day: AgentDay
    watched: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """By what the row is found."""
        return self.name


class Tiles(Struct, frozen=True, kw_only=True):
    """The figures at the top; spans in seconds, shares in per cent, None where there is none."""

    waiting: int
    oldest: datetime | None
    free: int
    present: int
    talking: int
    wrap_up: int
    level: float | None
    level_today: float | None
    low: bool
    in_time: int | None
    answered: int
    usual: int | None
    abandoned: int
    abandon_rate: float | None
    callers: int
    wait: float | None
    talk: float | None
    wrap: float | None


class BoardView(Struct, frozen=True):
    """All that the board shows but the chart."""

    tiles: Tiles
    queues: tuple[QueueRow, ...]
    people: tuple[Person, ...]
    waiting: tuple[Waiter, ...]


class StateClock:
    """Since when agents do what they do; the first time by what is recorded of them."""

    def __init__(self) -> None:
        self._doing: dict[str, Doing] = {}

    def since(
        self, agent: str, state: str, reason: str, now: datetime, recorded: Mapping[str, Doing]
    ) -> datetime:
        """Since when an agent is in a state, by what was asked before."""
        known = self._doing.get(agent) or recorded.get(agent)
        if known is None or (known.state, known.reason) != (state, reason):
            known = Doing(state, reason, now)
        self._doing[agent] = known
        return known.since


def percent(share: float | None) -> float | None:
    """A part of 1 in per cent, with at most one decimal."""
    return None if share is None else round(share * 100, 1)


def seconds(span: float | None) -> float | None:
    """Microseconds in whole seconds."""
    return None if span is None else round(span / 1_000_000)


class Composer:
    """Makes the view. ``wrapups`` are the queues' wrap-up times, in seconds."""

    def __init__(
        self, states: AgentStates, know: Know, limits: BoardLimits, wrapups: Mapping[str, int]
    ) -> None:
        self._states = states
        self._know = know
        self._limits = limits
        self._wrapups = wrapups
        self._clock = StateClock()

    def view(self, figures: DayFigures, everyone: list[Colleague], now: datetime) -> BoardView:
        """The board now, of these agents."""
        board = self._states.board
        people = self._people(board, figures, everyone, now)
        waiting = tuple(
            sorted(
                (
                    _waiter(self._know(caller, name), caller, name)
                    for name, queue in board.queues.items()
                    for caller in queue.waiting
                ),
                key=lambda one: one.since,
            )
        )
        on_line = [one for one in waiting if not one.stands_in]
        queues = tuple(
            self._queue(name, board, [one for one in on_line if one.queue == name], figures, now)
            for name, queue in sorted(board.queues.items())
            if queue.members or queue.waiting or name in figures.today
        )
        return BoardView(self._tiles(on_line, people, figures), queues, people, waiting)

    def _tiles(
        self, waiting: list[Waiter], people: tuple[Person, ...], figures: DayFigures
    ) -> Tiles:
        today, hour = together(figures.today.values()), together(figures.hour.values())
        times = {figures.in_time[name] for name in figures.today if name in figures.in_time}
        return Tiles(
            waiting=len(waiting),
            oldest=waiting[0].since if waiting else None,
            free=sum(one.state == "ready" for one in people),
            present=sum(not one.away for one in people),
            talking=sum(one.state == "talking" for one in people),
            wrap_up=sum(one.state == "wrap-up" for one in people),
            level=percent(hour.service_level),
            level_today=percent(today.service_level),
            low=self._low(hour),
            in_time=times.pop() if len(times) == 1 else None,
            answered=today.answered,
            usual=figures.usual,
            abandoned=today.abandoned,
            abandon_rate=percent(today.abandon_rate),
            callers=today.joined - today.short - today.waiting,
            wait=seconds(today.asa),
            talk=seconds(today.mean_talk),
            wrap=seconds(today.mean_wrap),
        )

    def _low(self, hour: Figures) -> bool:
        level = percent(hour.service_level)
        enough = hour.answered + hour.abandoned_late >= self._limits.enough
        return level is not None and enough and level < self._limits.service_goal

    def _queue(
        self,
        name: str,
        board: Board,
        waiting: list[Waiter],
        figures: DayFigures,
        now: datetime,
    ) -> QueueRow:
        queue = board.queues[name]
        today = figures.today.get(name, Figures())
        hour = figures.hour.get(name, Figures())
        most = self._limits.most_waiting
        return QueueRow(
            name=name,
            waiting=len(waiting),
            oldest=waiting[0] if waiting else None,
            free=queue.free(now, self._wrapups.get(name, 0)),
            present=board.present(name),
            answered=today.answered,
            abandoned=today.abandoned,
            level=percent(hour.service_level),
            low=self._low(hour),
            many=bool(most) and len(waiting) > most,
            lately=figures.lately.get(name, ()),
        )

    def _people(
        self, board: Board, figures: DayFigures, everyone: list[Colleague], now: datetime
    ) -> tuple[Person, ...]:
        calls: dict[str, Offer | Talk] = {one.interface: one for one in board.offers}
        calls |= {one.interface: one for one in board.talks}
        found = [self._person(one, calls, figures, now) for one in everyone]
        return tuple(sorted(found, key=lambda one: (one.away, one.full_name)))

    def _person(
        self,
        one: Colleague,
        calls: Mapping[str, Offer | Talk],
        figures: DayFigures,
        now: datetime,
    ) -> Person:
        state: AgentState = self._states.of(one.name)
        since = self._clock.since(one.name, state.name, state.reason, now, figures.doing)
        busy = state.name in ("talking", "ringing")
        call = calls.get(self._states.interface(one.name)) if busy else None
        about = self._know(call.caller, call.queue) if call else None
        gone = state.name in ABSENT or (state.name == "paused" and state.reason == SIGNED_OUT)
        return Person(
            name=one.name,
            full_name=one.full_name,
            extension=one.extension,
            state=state.name,
            reason=state.reason,
            paused=state.paused,
            away=gone,
            since=None if state.name == "no-queue" else call.since if call else since,
            limit=0 if gone else self._limits.of_state(state.name),
            number=about.number if about else "",
            topic=about.topic if about else "",
            queue=call.queue if call else "",
            queues=state.queues,
            day=figures.agents.get(one.name, AgentDay()),
            watched=state.watched,
        )


def _waiter(known: Arrival, caller: Caller, queue: str) -> Waiter:
    return Waiter(
        caller.call,
        caller.channel,
        queue,
        known.number,
        known.subscriber,
        known.topic,
        caller.since,
        bool(known.call),
        of_channel(caller.call) is not None,
    )
