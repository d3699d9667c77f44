"""Overload: when it begins and ends, and what the dialplan hears of it."""

import asyncio
from itertools import pairwise

import pytest

from ari_app.ari import overload
from ari_app.ari.overload import IN_A_ROW, RECOVERED, Limits, OverloadWatch, Pressure, measured
from tests.ari.facts import until
from tests.ari.harness import linked
from tests.ari.server import Server

LIMITS = Limits(0.05, 100)
GOOD, FAIR, LATE = 0.001, 0.04, 0.06


def after(*answers: float, calls: int = 1, limits: Limits = LIMITS) -> list[bool]:
    """Whether there is an overload after each answer."""
    pressure, found = Pressure(), []
    for seconds in answers:
        pressure = measured(pressure, seconds, calls, limits)
        found.append(pressure.overloaded)
    return found


def test_late_answers_in_a_row_are_an_overload() -> None:
    assert after(*[LATE] * IN_A_ROW) == [*[False] * (IN_A_ROW - 1), True]
    assert not any(after(*[LATE, LATE, LATE, FAIR] * 20))


def test_it_ends_after_many_good_answers_and_does_not_flutter() -> None:
    begun = [LATE] * IN_A_ROW
    assert after(*begun, *[GOOD] * RECOVERED)[-2:] == [True, False]
    assert all(after(*begun, *[GOOD, GOOD, FAIR] * 20)[IN_A_ROW:])
    changes = sum(a != b for a, b in pairwise(after(*[*begun, *[GOOD] * 3] * 20)))
    assert changes == 1


def test_as_many_calls_as_may_be_are_an_overload_at_once() -> None:
    assert after(GOOD, calls=100) == [True]
    assert after(GOOD, calls=99) == [False]


def test_without_limits_there_is_none() -> None:
    assert not any(after(*[60.0] * 50, calls=10**6, limits=Limits(0, 0)))


async def test_the_dialplan_is_kept_informed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "EVERY", 0.002)
    calls, reports = 0, list[bool]()
    async with Server().running() as server, linked(server) as link:
        watch = OverloadWatch(link, lambda: calls, Limits(0, 5), reports.append)
        running = asyncio.create_task(watch.run())
        calls = 5
        await until(lambda: int(server.owner.variables.get(overload.VARIABLE, "0")) > 0)
        assert reports == [True]
        calls = 4
        await until(lambda: server.owner.variables[overload.VARIABLE] == "0")
        assert reports == [True, False]
        running.cancel()
        await asyncio.wait({running})
