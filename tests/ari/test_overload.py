"""Overload: what the dialplan and the administrator hear of it."""

import asyncio

import pytest

from ari_app.ari import overload
from ari_app.ari.admission import FIRST, Limits
from ari_app.ari.overload import OverloadWatch
from tests.ari.facts import until
from tests.ari.harness import linked
from tests.ari.server import Server


async def test_the_dialplan_is_kept_informed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EVERY", "RENEW", "QUIET"):
        monkeypatch.setattr(overload, name, 0.002)
    calls, reports = 0, list[bool]()
    async with Server().running() as server, linked(server) as link:
        watch = OverloadWatch(link, lambda: calls, Limits(0, 5), reports.append)
        running = [asyncio.create_task(each) for each in (watch.run(), watch.lead())]
        calls = 5
        await until(lambda: int(server.owner.variables.get(overload.VARIABLE, "0")) > 0)
        await until(lambda: reports == [True])
        assert server.owner.variables[overload.GAP] == "0", "no one is let in"
        assert watch.limit == 0
        calls = 4
        await until(lambda: server.owner.variables[overload.VARIABLE] == "0")
        await until(lambda: reports == [True, False])
        assert watch.limit == 5
        for task in running:
            task.cancel()
        await asyncio.wait(running)


async def test_the_dialplan_lets_callers_in_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overload, "LOOK", 0.002)
    apart = [0.05]
    monkeypatch.setattr(overload, "gap", lambda *_: apart[0])
    async with Server().running() as server, linked(server) as link:
        watch = OverloadWatch(link, lambda: 60, Limits(60, 0), lambda _: None)
        running = asyncio.create_task(watch.lead())
        variables = server.owner.variables
        await until(lambda: int(variables.get(overload.VARIABLE, "0")) > 0)
        assert variables[overload.GAP] == "50"
        assert watch.limit == 0, "campaigns call no one then"
        apart[0] = 0.1
        await until(lambda: variables[overload.GAP] == "100")
        apart[0] = 0.0
        await until(lambda: variables[overload.VARIABLE] == "0")
        running.cancel()
        await asyncio.wait([running])


async def test_how_many_calls_there_may_be_without_a_limit_of_the_site() -> None:
    async with Server().running() as server, linked(server) as link:
        measured = OverloadWatch(link, lambda: 0, Limits(60, 0), lambda _: None)
        assert measured.limit is None, "nothing is measured yet"
        running = asyncio.create_task(measured.run())
        await until(lambda: measured.limit == FIRST)
        running.cancel()
        await asyncio.wait([running])
        assert OverloadWatch(link, lambda: 0, Limits(0, 0), lambda _: None).limit is None
