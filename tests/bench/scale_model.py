"""A cluster as queues: calls come at random, and each part works them off by its measured cost.

A discrete-event model: proxies, pods, the queue node and the database are stations with so many
servers (cores), first come, first served; the database commits together what waits. A call takes
turns at them, as keys and prompts do. Pure: the same seed gives the same figures.
"""

import heapq
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from msgspec import Struct

STEPS = 8
"""Steps of a call, such as a key and the prompt after it: so many the store's measure had, too."""
PAUSE = 0.5
"""Mean seconds between two steps. What a step waits for a core does not depend on it."""
TURNS = 5
"""In so many parts a caller's wait in a queue costs its CPU."""


class Costs(Struct, frozen=True, kw_only=True):
    """Milliseconds of CPU for each call, and for each second that a caller waits in a queue; and
    the time of the database for each commit and for each call in it, with a wait for the disk.

    As measured on two quiet cores: Asterisk and the application by `tests/bench/ivr`, with a test
    menu of three screens; the others are those of docs/decisions/0007-many-machines.md.
    """

    asterisk: float = 12.9
    claim: float = 0.6
    application: float = 2.4
    proxy: float = 0.65
    waiting: float = 1.9
    commit: float = 4.376
    stored: float = 0.169


class Sizes(Struct, frozen=True, kw_only=True):
    """How much there is of everything; ``batch`` is how many calls one commit may have, for
    which it waits ``linger`` seconds."""

    proxies: int = 1
    pods: int = 1
    pod_cores: int = 8
    queue_cores: int = 8
    batch: int = 20
    linger: float = 0.05


class Callers(Struct, frozen=True, kw_only=True):
    """Calls a second, the share that waits for a person, and for how many seconds on average."""

    rate: float
    queued: float = 0.05
    wait: float = 20.0


class Result(Struct, frozen=True):
    """What a run had: ``busy`` is the share of its time that a server of a part worked, by part;
    ``delays`` are what the steps of calls took, in seconds, in order."""

    busy: Mapping[str, float]
    delays: tuple[float, ...]

    @property
    def first(self) -> str:
        """The part that saturates first when more call."""
        return max(self.busy, key=lambda part: self.busy[part])

    def delay(self, share: float) -> float:
        """The delay that ``share`` of the steps do not exceed; 0 without any."""
        return self.delays[int(share * (len(self.delays) - 1))] if self.delays else 0.0


def cores(costs: Costs, sizes: Sizes, callers: Callers) -> Mapping[str, float]:
    """The cores that each part needs, without a simulation: the utilisation law."""
    batch = min(float(sizes.batch), 1 + callers.rate * sizes.linger)
    each = {
        "proxies": costs.proxy,
        "pods": costs.asterisk + costs.claim + costs.application,
        "queue": callers.queued * callers.wait * costs.waiting,
        "database": costs.commit / batch + costs.stored,
    }
    return {part: callers.rate * ms / 1000 for part, ms in each.items()}


def simulate(
    costs: Costs, sizes: Sizes, callers: Callers, seconds: float = 20.0, seed: int = 1
) -> Result:
    """Run it for some seconds, of which the first third does not count."""
    return _Simulation(costs, sizes, callers, seconds, seed).run()


Then = Callable[[float], None]


class _Station:
    """Cores that take turns at what waits. With a ``batch`` above 1 one works off so many together,
    or what there is when the first has waited for ``linger`` seconds."""

    def __init__(
        self,
        events: "_Events",
        servers: int,
        batch: int = 1,
        linger: float = 0.0,
        fixed: float = 0.0,
    ) -> None:
        self.servers, self.busy = servers, 0.0
        self._events, self._batch, self._linger, self._fixed = events, batch, linger, fixed
        self._free = servers
        self._waiting: deque[tuple[float, float, Then]] = deque()

    def take(self, seconds: float, then: Then) -> None:
        """Work for some seconds as soon as a server is free, then go on."""
        due = self._events.now + self._linger
        self._waiting.append((due, seconds, then))
        if self._linger:
            self._events.at(due, lambda _: self._begin())
        self._begin()

    def _begin(self) -> None:
        waiting = self._waiting
        while self._free and waiting:
            if len(waiting) < self._batch and waiting[0][0] > self._events.now:
                return
            work = [waiting.popleft() for _ in range(min(self._batch, len(waiting)))]
            lasts = self._fixed + sum(seconds for _, seconds, _ in work)
            self._free -= 1
            self.busy += self._events.counted(lasts)
            done = [then for _, _, then in work]
            self._events.at(self._events.now + lasts, partial(self._end, done))

    def _end(self, done: list[Then], now: float) -> None:
        self._free += 1
        for then in done:
            then(now)
        self._begin()


class _Events:
    """What happens when; what is done before ``warm`` or after ``end`` does not count."""

    def __init__(self, warm: float, end: float) -> None:
        self.now, self.warm, self._end = 0.0, warm, end
        self._heap: list[tuple[float, int, Then]] = []
        self._order = 0

    def after(self, seconds: float, then: Then) -> None:
        """Do something some seconds later."""
        self.at(self.now + seconds, then)

    def at(self, when: float, then: Then) -> None:
        """Do something at a time."""
        self._order += 1
        heapq.heappush(self._heap, (when, self._order, then))

    def counted(self, lasts: float) -> float:
        """How much of what begins now and lasts some seconds counts."""
        return max(0.0, min(self.now + lasts, self._end) - max(self.now, self.warm))

    def run(self) -> None:
        """Let everything happen until the end."""
        while self._heap and self._heap[0][0] <= self._end:
            self.now, _, then = heapq.heappop(self._heap)
            then(self.now)


class _Simulation:
    """One run."""

    def __init__(
        self, costs: Costs, sizes: Sizes, callers: Callers, seconds: float, seed: int
    ) -> None:
        self._costs, self._callers, self._random = costs, callers, Random(seed)
        self._counted = seconds * 2 / 3
        self._events = events = _Events(seconds / 3, seconds)
        self._proxies = [_Station(events, 1) for _ in range(sizes.proxies)]
        self._pods = [_Station(events, sizes.pod_cores) for _ in range(sizes.pods)]
        self._queue = _Station(events, sizes.queue_cores)
        self._database = _Station(events, 1, sizes.batch, sizes.linger, costs.commit / 1000)
        self._step = (costs.asterisk + costs.claim + costs.application) / 1000 / STEPS
        self._delays: list[float] = []

    def run(self) -> Result:
        """Let calls come until the end."""
        self._next(0.0)
        self._events.run()
        parts = {
            "proxies": self._proxies,
            "pods": self._pods,
            "queue": [self._queue],
            "database": [self._database],
        }
        busy = {
            part: sum(one.busy for one in stations)
            / self._counted
            / sum(one.servers for one in stations)
            for part, stations in parts.items()
        }
        return Result(busy, tuple(sorted(self._delays)))

    def _next(self, _: float) -> None:
        """A call comes, and the next one some time later."""
        self._events.after(self._random.expovariate(self._callers.rate), self._next)
        proxy, pod = self._random.choice(self._proxies), self._random.choice(self._pods)
        half = self._costs.proxy / 2000
        proxy.take(half, lambda _: self._steps(pod, STEPS, lambda: proxy.take(half, _nothing)))

    def _steps(self, pod: _Station, left: int, then: Callable[[], None]) -> None:
        if not left:
            then()
            self._database.take(self._costs.stored / 1000, _nothing)
            if self._random.random() < self._callers.queued:
                waits = self._random.expovariate(1 / self._callers.wait)
                self._wait(waits * self._costs.waiting / 1000 / TURNS, TURNS)
            return

        def begin(began: float) -> None:
            def done(now: float) -> None:
                if began >= self._events.warm:
                    self._delays.append(now - began)
                self._steps(pod, left - 1, then)

            pod.take(self._random.expovariate(1 / self._step), done)

        self._events.after(self._random.expovariate(1 / PAUSE), begin)

    def _wait(self, each: float, left: int) -> None:
        """A caller waits in the queue, which costs a little again and again."""

        def turn(_: float) -> None:
            self._queue.take(each, lambda _: self._wait(each, left - 1) if left > 1 else None)

        self._events.after(self._random.expovariate(1 / PAUSE), turn)


def _nothing(_: float) -> None:
    """Nothing comes after it."""
