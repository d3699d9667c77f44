"""The formulas against published figures, and against the queue that they are about."""

import random
from heapq import heapify, heapreplace
from math import inf

import pytest

from ivr.staffing.erlang import Goal, Load, erlang_b, needed, served

HALF_HOUR = 1800.0


@pytest.mark.parametrize(
    ("traffic", "agents", "blocked"),
    [(5.08, 10, 0.0200), (12.0, 10, 0.3019), (0.0101, 1, 0.0100), (84.1, 100, 0.0100)],
)
def test_erlang_b_is_that_of_the_tables(traffic: float, agents: int, blocked: float) -> None:
    """Tables of the ITU (Teletraffic Engineering Handbook)."""
    assert erlang_b(traffic, agents) == pytest.approx(blocked, abs=2e-4)


def test_erlang_c_is_that_of_the_textbook_example() -> None:
    """100 calls of 3 minutes in half an hour, 80 % within 20 s: 14 agents, 88.8 %."""
    load = Load(100 / HALF_HOUR, 180)
    assert needed(load, Goal(0.8, 20)) == 14
    service = served(load, 14, 20)
    assert service.level == pytest.approx(0.888, abs=1e-3)
    assert service.occupancy == pytest.approx(0.714, abs=1e-3)
    assert service.wait == pytest.approx(7.8, abs=0.1)
    assert needed(load, Goal(0.8, 20, occupancy=0.7)) == 15


@pytest.mark.parametrize(
    ("patience", "abandoned", "wait", "occupancy"), [(None, 0, 20.8, 0.96), (120, 0.031, 3.7, 0.93)]
)
def test_both_formulas_are_those_of_the_published_table(
    patience: float | None, abandoned: float, wait: float, occupancy: float
) -> None:
    """48 calls a minute of a minute each, 50 agents: A. Mandelbaum and S. Zeltyn, "Service
    engineering in action: the Palm/Erlang-A queue" (2007), the comparison of Erlang C and A."""
    service = served(Load(48 / 60, 60, patience), 50, 20)
    assert service.abandoned == pytest.approx(abandoned, abs=5e-4)
    assert service.wait == pytest.approx(wait, abs=0.05)
    assert service.occupancy == pytest.approx(occupancy, abs=5e-3)


def test_with_too_few_agents_who_never_give_up_wait_for_ever() -> None:
    assert served(Load(1.0, 10), 10, 20).wait == inf
    assert served(Load(1.0, 10), 10, 20).level == 0


def chain(load: Load, patience: float, agents: int) -> tuple[float, float]:
    """The part that waits and the part that gives up, of the birth-death process itself."""
    weight, weights = 1.0, [1.0]
    for each in range(1, agents + 3000):
        leaving = min(each, agents) / load.handling + max(0, each - agents) / patience
        weight *= load.rate / leaving
        weights.append(weight)
        if weight < 1e-14 * max(weights):
            break
    total = sum(weights)
    given_up = sum(w * (k - agents) for k, w in enumerate(weights) if k > agents) / patience
    return sum(weights[agents:]) / total, given_up / total / load.rate


@pytest.mark.parametrize("agents", [1, 5, 9, 11, 14, 40])
@pytest.mark.parametrize("patience", [15.0, 120.0, 900.0])
def test_erlang_a_is_the_queue_with_patience(agents: int, patience: float) -> None:
    load = Load(100 / HALF_HOUR, 180, patience)
    _, given_up = chain(load, patience, agents)
    service = served(load, agents, 20)
    assert service.abandoned == pytest.approx(given_up, abs=1e-4)
    assert service.occupancy == pytest.approx(load.traffic * (1 - given_up) / agents, abs=1e-4)


def test_who_has_endless_patience_is_as_in_erlang_c() -> None:
    patient, endless = (served(Load(0.05, 180, one), 13, 20) for one in (1e7, None))
    assert patient.level == pytest.approx(endless.level, abs=1e-4)
    assert patient.wait == pytest.approx(endless.wait, rel=1e-2)


def test_the_service_level_is_what_a_simulation_counts() -> None:
    """Answered in time / (answered + abandoned after it), as the figures define it."""
    load, agents, within = Load(1 / 15, 180, 90.0), 12, 20.0
    chance = random.Random(4)
    free, now, in_time, counted = [0.0] * agents, 0.0, 0, 0
    heapify(free)
    for _ in range(200_000):
        now += chance.expovariate(load.rate)
        wait, patience = max(0.0, free[0] - now), chance.expovariate(1 / 90)
        if wait > patience:
            counted += patience > within
            continue
        heapreplace(free, now + wait + chance.expovariate(1 / load.handling))
        in_time += wait <= within
        counted += 1
    assert served(load, agents, within).level == pytest.approx(in_time / counted, abs=0.01)


def test_more_agents_are_never_worse_and_the_least_number_is_found() -> None:
    for load in (Load(0.2, 200, 60), Load(0.2, 200), Load(0.0003, 300, 60), Load(2.0, 300, 120)):
        goal = Goal(0.8, 20)
        least = needed(load, goal)
        assert served(load, least, 20).level >= 0.8
        assert least == 1 or served(load, least - 1, 20).level < 0.8
    levels = [served(Load(0.2, 200, 60), each, 20).level for each in range(1, 70)]
    assert levels == sorted(levels)
    assert needed(Load(0.0, 200), Goal(0.8, 20)) == 0


@pytest.mark.parametrize(("agents", "calls"), [(90, 0.05), (130, 1), (220, 20), (900, 60)])
def test_many_agents_and_few_calls_wait_for_no_one(agents: int, calls: float) -> None:
    quiet = served(Load(calls / 1800, 240, 120), agents, 20)
    assert (round(quiet.level, 6), round(quiet.wait, 6), round(quiet.abandoned, 6)) == (1, 0, 0)
    assert quiet.occupancy == pytest.approx(calls / 1800 * 240 / agents)
