"""An application that leaves its calls to another one is ended, whatever becomes of that one."""

import asyncio
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ari_app.calls.inbound import InboundCalls
from ari_app.main import handing_over
from ari_app.main.handing_over import Leaving
from ari_app.main.processes import UpError
from ari_app.main.signals import Signals
from ari_app.store.recorder import Recorder
from tests.ari.conftest import server
from tests.ari.harness import harness
from tests.ari.server import Server

__all__ = ["server"]

Work = Coroutine[Any, Any, None]


@pytest.mark.parametrize("reached", [True, False])
async def test_the_next_one_dies_before_it_has_the_calls(
    server: Server, monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    """Its request is cancelled, in the middle of the work or at the moment of its coming."""
    monkeypatch.setattr(handing_over, "PATIENCE", 5)
    begun: list[asyncio.Task[None]] = []
    settling = asyncio.Event()

    async def settle() -> None:
        settling.set()
        await asyncio.Event().wait()

    def begin(work: Work) -> asyncio.Task[None]:
        begun.append(asyncio.create_task(work))
        return begun[-1]

    inbound = cast(InboundCalls, SimpleNamespace(in_progress={}))
    recorder, signals = cast(Recorder, SimpleNamespace(settle=settle)), Signals()
    async with harness(server) as at:
        leaving = Leaving(at.link, at.calls, inbound, recorder, signals, begin)
        asked = asyncio.create_task(leaving.calls())
        await asyncio.sleep(0)
        assert at.link.expects_successor
        assert not begun
        monkeypatch.setattr(handing_over, "PATIENCE", 0)
        at.link.succeeded.set()
        if reached:
            await settling.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert signals.handed_over
        with pytest.raises(UpError, match="died"):
            await begun[0]
