"""Overload: what the dialplan and the administrator hear of it."""

import asyncio

import pytest

from ari_app.ari import overload
from ari_app.ari.admission import Limits
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
        calls = 4
        await until(lambda: server.owner.variables[overload.VARIABLE] == "0")
        await until(lambda: reports == [True, False])
        for task in running:
            task.cancel()
        await asyncio.wait(running)
