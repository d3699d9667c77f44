"""How well the wait is estimated: days of arrivals in a model of app_queue, and its own formula.

A discrete-event simulation: callers arrive by the hour, wait in turn, give up; agents serve one or
several queues, talk, write, and take breaks. Whenever a caller would hear news, both estimates
are compared with what the caller still waited: ours (:mod:`ivr.acd.estimate`), and what app_queue
announces, ``|holdtime + 30 - waited|`` with ``holdtime`` the mean of waits in which the last one
weighs a quarter (``recalc_holdtime`` and ``say_position`` in ``app_queue.c`` of Asterisk 22).

    python -m tests.bench.waits
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from statistics import median

from msgspec import Struct

from ivr.acd.board import Board, Caller, Member, Queue
from ivr.acd.estimate import Offering, Pace, estimate

START = datetime(2026, 11, 2, tzinfo=UTC)
FIRST, EVERY = 20.0, 60.0
"""When news are played, in seconds of waiting."""
WRAPUP = 30
DAY = (2, 1, 1, 1, 1, 2, 5, 12, 30, 55, 70, 75, 70, 66, 70, 75, 72, 66, 60, 55, 45, 30, 15, 6)
"""Calls in each hour of a day."""


class Scenario(Struct, frozen=True):
    """What is simulated. ``agents`` are the queues that each of them serves; ``load`` multiplies
    the calls of :data:`DAY`, of each queue; ``talk`` and ``patience`` are means in seconds;
    ``sigma`` is the spread of conversations, which are lognormal; ``breaks`` take agents away
    in turn, as the part of all; ``flood`` multiplies the calls from 11 to 13 o'clock."""

    name: str
    agents: tuple[tuple[str, ...], ...]
    load: Mapping[str, float]
    talk: float = 100.0
    sigma: float = 0.8
    patience: float = 400.0
    breaks: float = 0.0
    flood: float = 1.0


SCENARIOS = (
    Scenario("four agents", (("a",),) * 4, {"a": 1.25}),
    Scenario("two agents", (("a",),) * 2, {"a": 0.6}),
    Scenario("thirty agents", (("a",),) * 30, {"a": 13.0}),
    Scenario("outage from 11 to 13", (("a",),) * 6, {"a": 1.2}, flood=4.0),
    Scenario("no one gives up", (("a",),) * 4, {"a": 1.15}, patience=1e9),
    Scenario("a third on a break at times", (("a",),) * 6, {"a": 1.4}, breaks=0.33),
    Scenario(
        "two queues, half serve both",
        (("a",),) * 3 + (("b",),) * 2 + (("a", "b"),) * 4,
        {"a": 1.6, "b": 1.1},
    ),
)


class Point(Struct, frozen=True):
    """A moment at which news are played: the real rest of the wait, ours with its range (None where
    nothing is said), and app_queue's, in seconds."""

    real: float
    ours: tuple[float, float, float] | None
    theirs: float


class Day:
    """One run of a scenario over some days."""

    def __init__(self, scenario: Scenario, days: int, seed: int) -> None:
        self.scenario = scenario
        self.random = random.Random(seed)
        self.days = days
        self.now = 0.0
        self.paces: dict[str, Pace] = defaultdict(Pace)
        self.holdtime: dict[str, int] = defaultdict(int)
        self.waiting: dict[str, list[tuple[int, float]]] = {name: [] for name in scenario.load}
        self.busy: dict[int, float] = {}
        """Agent -> when the conversation ended, infinite while it lasts."""
        self.paused: set[int] = set()
        self.points: dict[int, list[tuple[float, tuple[float, float, float] | None, float]]] = {}
        self.expected: dict[int, tuple[float, float]] = {}
        self.result: list[Point] = []
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()

    def at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._number), what))

    def run(self) -> list[Point]:
        for queue, load in self.scenario.load.items():
            for when in self._arrivals(load):
                self.at(when, partial(self._arrives, queue))
        if self.scenario.breaks:
            for when in range(0, self.days * 86400, 3600):
                self.at(when, self._breaks)
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()
        return self.result

    def _arrivals(self, load: float) -> Iterator[float]:
        for hour in range(self.days * 24):
            flood = self.scenario.flood if hour % 24 in (11, 12) else 1.0
            rate = DAY[hour % 24] * load * flood / 3600
            when = hour * 3600.0 + self.random.expovariate(rate)
            while when < (hour + 1) * 3600:
                yield when
                when += self.random.expovariate(rate)

    def _arrives(self, queue: str) -> None:
        id = next(self._number)
        self.waiting[queue].append((id, self.now))
        self.points[id] = []
        joined = self.now
        self.at(
            joined + self.random.expovariate(1 / self.scenario.patience),
            lambda: self._gives_up(queue, id, joined),
        )
        self.at(joined + FIRST, lambda: self._news(queue, id, joined))
        self._offer()

    def _offer(self) -> None:
        """Free agents take the callers at the head of their queues, who came first."""
        free = [n for n in range(len(self.scenario.agents)) if n not in self.busy]
        self.random.shuffle(free)
        for agent in free:
            heads = [
                (self.waiting[queue][0][1], queue)
                for queue in self.scenario.agents[agent]
                if self.waiting[queue] and agent not in self.paused
            ]
            if heads:
                self._answers(agent, self.random.choice(heads)[1])

    def _answers(self, agent: int, queue: str) -> None:
        id, joined = self.waiting[queue].pop(0)
        waited = self.now - joined
        self.holdtime[queue] = (3 * self.holdtime[queue] + int(waited)) // 4
        pace = self.paces[queue].with_wait(waited, gave_up=False)
        if id in self.expected:
            since, expected = self.expected.pop(id)
            pace = pace.with_comparison(expected, self.now - since)
        self.paces[queue] = pace
        self.result += [
            Point(self.now - when, ours, theirs) for when, ours, theirs in self.points.pop(id)
        ]
        mean, sigma = self.scenario.talk, self.scenario.sigma
        talk = mean * self.random.lognormvariate(-sigma * sigma / 2, sigma)
        self.busy[agent] = float("inf")
        self.at(self.now + talk, lambda: self._ended(agent, queue, talk))

    def _ended(self, agent: int, queue: str, talk: float) -> None:
        self.paces[queue] = self.paces[queue].with_conversation(talk + WRAPUP)
        self.busy[agent] = self.now
        self.at(self.now + WRAPUP, lambda: self._free(agent))

    def _free(self, agent: int) -> None:
        del self.busy[agent]
        self._offer()

    def _gives_up(self, queue: str, id: int, joined: float) -> None:
        if (id, joined) in self.waiting[queue]:
            self.waiting[queue].remove((id, joined))
            self.points.pop(id)
            self.expected.pop(id, None)
            self.paces[queue] = self.paces[queue].with_wait(self.now - joined, gave_up=True)

    def _breaks(self) -> None:
        agents = range(len(self.scenario.agents))
        self.paused = {n for n in agents if self.random.random() < self.scenario.breaks}
        self._offer()

    def _news(self, queue: str, id: int, joined: float) -> None:
        if (id, joined) not in self.waiting[queue]:
            return
        board = self._board()
        now = START + timedelta(seconds=self.now)
        found = estimate(board, queue, str(id), self.paces[queue], Offering(WRAPUP), now)
        ours = None
        if found is not None:
            self.expected.setdefault(id, (self.now, found.expected))
            corrected = found.expected * self.paces[queue].correction
            ours = (found.least, corrected, found.most)
        theirs = abs(self.holdtime[queue] + 30 - (self.now - joined))
        self.points[id].append((self.now, ours, theirs))
        self.at(self.now + EVERY, lambda: self._news(queue, id, joined))

    def _board(self) -> Board:
        def member(agent: int) -> Member:
            ended = self.busy.get(agent)
            talks = ended == float("inf")
            last = START + timedelta(seconds=ended) if ended is not None and not talks else None
            return Member(
                interface=str(agent),
                name="",
                state="in use" if talks else "not in use",
                paused=agent in self.paused,
                in_call=talks,
                last_call=last,
            )

        return Board(
            {
                name: Queue(
                    {
                        str(agent): member(agent)
                        for agent, queues in enumerate(self.scenario.agents)
                        if name in queues
                    },
                    tuple(
                        Caller(str(id), "", "", "", START + timedelta(seconds=since))
                        for id, since in waiting
                    ),
                )
                for name, waiting in self.waiting.items()
            }
        )


class Score(Struct, frozen=True):
    """Errors in seconds: the mean and the median of their absolute values, ours and app_queue's,
    where both said something; the part of moments at which ours did, and of those in its range."""

    moments: int
    wait: float
    ours: float
    theirs: float
    ours_median: float
    theirs_median: float
    known: float
    within: float


def score(points: list[Point]) -> Score:
    """The score of moments."""
    known = [one for one in points if one.ours is not None]
    ours = [abs(one.ours[1] - one.real) for one in known if one.ours]
    theirs = [abs(one.theirs - one.real) for one in known]
    within = [one.ours[0] <= one.real <= one.ours[2] for one in known if one.ours]
    return Score(
        len(points),
        _mean([one.real for one in points]),
        _mean(ours),
        _mean(theirs),
        median(ours or [0.0]),
        median(theirs or [0.0]),
        len(known) / max(1, len(points)),
        _mean(within),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def main() -> None:
    """Print a table of all scenarios: mean and median of the errors, in seconds."""
    heads = ("moments", "wait", "ours", "app_queue", "known", "within")
    print(f"{'':30}" + "".join(f"{each:>11}" for each in heads))
    for scenario in SCENARIOS:
        found = score(Day(scenario, 10, seed=1).run())
        columns = (
            f"{found.moments}",
            f"{found.wait:.0f}",
            f"{found.ours:.0f} / {found.ours_median:.0f}",
            f"{found.theirs:.0f} / {found.theirs_median:.0f}",
            f"{found.known:.0%}",
            f"{found.within:.0%}",
        )
        print(f"{scenario.name:30}" + "".join(f"{each:>11}" for each in columns))


if __name__ == "__main__":
    main()
