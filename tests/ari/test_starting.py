"""New calls begin when the event loop has done what callers in menus wait for."""

import asyncio

from ari_app.ari.admission import BEGUN, FIRST, LEAST, QUEUED, Admission, Limits, counted
from ari_app.ari.starting import LONGEST, QUICK, Starting

LIMITS = Limits()


class Loop:
    """An event loop whose passes are long ``busy`` times."""

    def __init__(self, busy: int) -> None:
        self.now, self.busy = 0.0, busy
        self.starting = Starting(lambda: self.now)
        self.waited = 0.0

    async def begun(self, calls: int) -> float:
        """Have so many calls begin; returns when the last of them had its turn."""
        working = asyncio.create_task(self._work())
        await asyncio.gather(*(self.starting.turn() for _ in range(calls)))
        working.cancel()
        return self.now

    async def _work(self) -> None:
        while self.busy:
            self.busy -= 1
            self.now += 2 * QUICK
            self.waited = max(self.waited, self.starting.waits)
            await asyncio.sleep(0)


async def test_a_new_call_waits_until_the_loop_has_caught_up() -> None:
    idle, behind = Loop(0), Loop(10)
    assert await idle.begun(20) == 0
    assert await behind.begun(1) > 0
    assert behind.busy == 0
    assert behind.waited > 9 * QUICK
    assert behind.starting.waits == 0, "it has begun"


async def test_it_begins_in_the_end_however_far_behind_the_loop_is() -> None:
    lost = Loop(1_000_000)
    assert LONGEST <= await lost.begun(20) < LONGEST + 20 * 4 * QUICK, (
        "no call waits for each other"
    )


async def test_a_caller_who_hangs_up_waits_no_longer() -> None:
    lost = Loop(1_000_000)
    waiting = asyncio.create_task(lost.starting.turn())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert lost.starting.waits == 0


def test_calls_that_wait_to_begin_show_an_overload_before_answers_are_late() -> None:
    free = Admission(limit=FIRST)
    calls = int(FIRST / 2)
    refusing = counted(free, calls, LIMITS, QUEUED + 0.01)
    assert refusing.refusing
    assert counted(refusing, calls, LIMITS, BEGUN + 0.01).refusing
    assert not counted(refusing, calls, LIMITS, BEGUN - 0.01).refusing
    assert not counted(free, calls, LIMITS, QUEUED - 0.01).refusing
    assert not counted(free, int(LEAST), LIMITS, 9).refusing, "few calls are never the reason"
    assert not counted(free, calls, Limits(0, 0), 9).refusing, "the site wants no limit"
