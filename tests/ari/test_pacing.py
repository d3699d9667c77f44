"""More calls than a machine can serve, on a virtual clock: who is let in is served in time."""

import heapq
from collections.abc import Callable
from random import Random
from statistics import fmean

from ari_app.ari.admission import LEAST, Admission, Limits, answered, counted, limit_of
from ari_app.ari.pacing import CALM, ENOUGH, FARTHEST, MORE, Pace, gap, passed

LIMITS = Limits()
BEGINNING, STEP, END, REFUSED, REQUEST = 0.014, 0.004, 0.004, 0.004, 0.0003
"""Work of a call that begins, of each of three steps from a key to sound, of its end, of a caller
who is refused, and of a request; seconds."""
CAPACITY = 1 / (BEGINNING + 2 * 3 * STEP + END)
"""Calls a second that one core serves, each with two keys."""
SEEDS = range(1, 7)


class Machine:
    """Two cores that do all work in turn, the dialplan and what limits the calls."""

    def __init__(self, rate: float, paced: bool, seed: int) -> None:
        self.random, self.now, self.free = Random(seed), 0.0, 0.0
        self.todo: list[tuple[float, int, Callable[[], None]]] = []
        self.rate, self.paced = rate, paced
        self.admission, self.pace = Admission(), Pace()
        self.calls = self.ended = self.came = self.served = self.number = 0
        self.busy, self.apart, self.turn = False, 0.0, 0.0
        self.delays: list[float] = []

    def at(self, seconds: float, then: Callable[[], None]) -> None:
        self.number += 1
        heapq.heappush(self.todo, (self.now + seconds, self.number, then))

    def work(self, seconds: float, then: Callable[[], None]) -> None:
        """Done when all that came before is."""
        self.free = max(self.free, self.now) + seconds * self.random.uniform(0.5, 1.5) / 2
        self.at(self.free - self.now, then)

    def run(self, seconds: float) -> "Machine":
        self.at(0, self.arrive)
        self.at(0, self.ping)
        self.at(0, self.look)
        while self.todo and self.now < seconds:
            self.now, _, then = heapq.heappop(self.todo)
            then()
        return self

    def arrive(self) -> None:
        """As the dialplan does."""
        self.at(self.random.expovariate(self.rate), self.arrive)
        self.came += 1
        if not self.busy and self.turn <= self.now + 3 * self.apart:
            self.turn = max(self.turn, self.now) + self.apart
            self.work(BEGINNING, self.begin)
        else:
            self.work(REFUSED, lambda: None)

    def begin(self) -> None:
        self.calls, self.served = self.calls + 1, self.served + 1
        self.at(self.random.uniform(1, 2), lambda: self.key(2))
        self.count()

    def key(self, left: int) -> None:
        pressed = self.now

        def sound() -> None:
            if pressed > 15:
                self.delays.append(self.now - pressed)
            self.at(1.5, (lambda: self.key(left - 1)) if left > 1 else self.end)

        self.work(STEP, lambda: self.work(STEP, lambda: self.work(STEP, sound)))

    def end(self) -> None:
        def over() -> None:
            self.calls, self.ended = self.calls - 1, self.ended + 1
            self.count()

        self.work(END, over)

    def ping(self) -> None:
        sent = self.now

        def pong() -> None:
            self.admission = answered(self.admission, self.now - sent, self.calls, LIMITS)
            self.count()
            self.at(0 if self.admission.late else 0.15, self.ping)

        self.work(REQUEST, pong)

    def count(self) -> None:
        self.admission = counted(self.admission, self.calls, LIMITS)
        refusing = self.admission.refusing
        self.work(REQUEST, lambda: setattr(self, "busy", refusing))

    def look(self) -> None:
        self.pace, self.ended = passed(self.pace, 0.5, self.calls, self.ended), 0
        if self.paced:
            limit = limit_of(self.admission, LIMITS)
            apart = gap(self.pace, self.admission, self.calls, limit)
            self.work(REQUEST, lambda: setattr(self, "apart", apart))
        self.at(0.5, self.look)

    def percentile(self, part: float) -> float:
        return sorted(self.delays)[int(len(self.delays) * part)]


def averages(load: float, paced: bool = True) -> tuple[float, float]:
    """Over some runs with so many times the calls that can be served: the part of the callers who
    are, and the seconds in which 99 of 100 keys are answered."""
    runs = [Machine(2 * load * CAPACITY, paced, seed).run(60) for seed in SEEDS]
    return (
        fmean(each.served / each.came for each in runs),
        fmean(each.percentile(0.99) for each in runs),
    )


def test_below_the_capacity_hardly_anyone_is_refused() -> None:
    assert averages(0.8)[0] >= 0.97
    assert averages(0.9)[0] >= 0.93


def test_at_twice_the_capacity_those_let_in_wait_less() -> None:
    served, wait = averages(2)
    served_unpaced, wait_unpaced = averages(2, paced=False)
    assert wait < 0.75 * wait_unpaced
    assert served > 0.9 * served_unpaced


def test_how_far_apart() -> None:
    lowered, pace = Admission(limit=100, steady=0), Pace()
    for _ in range(100):  # a hundred calls of five seconds: twenty end in a second
        pace = passed(pace, 0.5, 100, 10)
    assert abs(gap(pace, lowered, 90, 100) * MORE - 1 / 20) < 0.001
    assert abs(gap(pace, lowered, 150, 200) * MORE - 1 / 40) < 0.001
    assert gap(pace, lowered, 49, 100) == 0, "far from the limit"
    assert gap(pace, lowered, int(LEAST) - 1, LEAST) == 0, "so few are always served"
    assert gap(pace, Admission(limit=100, steady=CALM), 90, 100) == 0, "long since"
    assert gap(Pace(ENOUGH - 1, 100), lowered, 90, 100) == 0, "nothing is known of how long"
    assert gap(Pace(ENOUGH, 10**6), lowered, 90, 100) == FARTHEST
