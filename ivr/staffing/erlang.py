"""How a queue serves with so many agents: Erlang C (callers wait for ever), Erlang A (they leave).

Callers arrive by chance at a steady rate, conversations have a mean length. Sources: Erlang B by
its recursion and Erlang C from it, R. B. Cooper, "Introduction to Queueing Theory" (1981), chapter
3; Erlang A as the case of exponential patience of M/M/n+G, A. Mandelbaum and S. Zeltyn, "Service
engineering in action: the Palm/Erlang-A queue" (2007), with the density of the offered wait of F.
Baccelli and G. Hebuterne, "On queues with impatient customers" (1981). The one library that is kept
up (pyworkforce) knows no Erlang A, and brings a solver with it.

Service level is defined as in :mod:`ivr.acd.figures`. Times are in seconds.
"""

from collections.abc import Callable
from math import ceil, exp, inf, log

from msgspec import Struct

MOST = 10_000
"""Agents, above which no number is looked for."""
_LEAST, _MOST = 100, 2000
"""Pairs of steps of an integral."""
_NOTHING = 1e-12
"""A density that counts no more."""


_NEVER = 1e-300
"""A part of callers that is none; below it, floats lose their digits."""


class Load(Struct, frozen=True):
    """What comes: callers per second, the mean time that an agent has for each (conversation and
    wrap-up), and the mean patience of who waits, None for ever."""

    rate: float
    handling: float
    patience: float | None = None

    @property
    def traffic(self) -> float:
        """Conversations at a time if every caller were answered, in erlangs."""
        return self.rate * self.handling


class Service(Struct, frozen=True):
    """How callers are served: which part of those who count is answered in time, how long all wait
    in the mean, which part gives up, and which part of their time agents work on calls."""

    level: float
    wait: float
    abandoned: float
    occupancy: float


class Goal(Struct, frozen=True):
    """What is wanted: the part ``level`` answered within a time, and agents who work at most the
    part ``occupancy`` of their time."""

    level: float
    within: float
    occupancy: float = 1.0


def served(load: Load, agents: int, within: float) -> Service:
    """How so many agents serve; ``within``: the time in which callers are to be answered."""
    if load.traffic <= 0:
        return Service(1.0, 0.0, 0.0, 0.0)
    if agents <= 0:
        return Service(0.0, load.patience or inf, 1.0 if load.patience else 0.0, 1.0)
    if load.patience is None:
        return _erlang_c(load, agents, within)
    return _erlang_a(load, load.patience, agents, within)


def needed(load: Load, goal: Goal) -> int:
    """The least number of agents who reach a goal; 0 where no one calls."""
    if load.traffic <= 0:
        return 0

    def reached(agents: int) -> bool:
        service = served(load, agents, goal.within)
        return service.level >= goal.level and service.occupancy <= goal.occupancy

    most = max(1, ceil(load.traffic))
    while not reached(most):
        most *= 2
        if most > MOST:
            raise ValueError(f"more than {MOST} agents would be needed")
    least = 0
    while most - least > 1:  # more agents are never worse
        middle = (least + most) // 2
        least, most = (least, middle) if reached(middle) else (middle, most)
    return most


def erlang_b(traffic: float, agents: int) -> float:
    """The part of callers that finds all agents in conversation, if no one could wait."""
    blocked = 1.0
    for each in range(1, agents + 1):
        blocked = traffic * blocked / (each + traffic * blocked)
    return blocked


def _erlang_c(load: Load, agents: int, within: float) -> Service:
    """With as much traffic as agents, or more, the queue grows for ever."""
    free = agents - load.traffic
    if free <= 0:
        return Service(0.0, inf, 0.0, 1.0)
    blocked = erlang_b(load.traffic, agents)
    waits = agents * blocked / (agents - load.traffic * (1 - blocked))
    level = 1 - waits * exp(-free * within / load.handling)
    return Service(level, waits * load.handling / free, 0.0, load.traffic / agents)


def _erlang_a(load: Load, patience: float, agents: int, within: float) -> Service:
    """By the density of the offered wait, of who would wait however long it took.

    It is ``rate * exp(power(t)) / total`` for t > 0; ``power`` may be large where there are too few
    agents, so all is divided by ``exp(peak)``, its largest value.
    """
    rate, drain = load.rate, agents / load.handling

    def power(wait: float) -> float:
        return rate * patience * (1 - exp(-wait / patience)) - drain * wait

    top = patience * log(rate / drain) if rate > drain else 0.0
    peak = power(top)

    def density(wait: float) -> float:
        return exp(power(wait) - peak)

    end, step = max(top, within), 1 / drain
    while density(end) > _NOTHING:
        end, step = end + step, step * 1.5
    blocked = erlang_b(load.traffic, agents - 1)
    if blocked < _NEVER:
        return Service(1.0, 0.0, 0.0, load.traffic / agents)
    unqueued = exp(-peak) / blocked
    soon, soon_waiting = _integrals(density, patience, 0.0, within)
    late, late_waiting = _integrals(density, patience, within, end)
    total = unqueued + rate * (soon + late)
    in_time = (unqueued + rate * soon_waiting) / total
    answered_late = rate * late_waiting / total
    left_late = exp(-within / patience) * rate * late / total - answered_late
    answered = in_time + answered_late
    counted = answered + max(0.0, left_late)
    abandoned = max(0.0, 1 - answered)
    return Service(
        in_time / counted, abandoned * patience, abandoned, load.traffic * answered / agents
    )


def _integrals(
    density: Callable[[float], float], patience: float, begin: float, end: float
) -> tuple[float, float]:
    """The integral of a density, and that of who still waits then, by Simpson's rule."""
    steps = 2 * min(_MOST, max(_LEAST, ceil((end - begin) / patience * 10)))
    width = (end - begin) / steps
    every = waiting = 0.0
    for each in range(steps + 1):
        wait = begin + each * width
        weight = density(wait) * (1 if each in (0, steps) else 4 if each % 2 else 2)
        every += weight
        waiting += weight * exp(-wait / patience)
    return every * width / 3, waiting * width / 3
