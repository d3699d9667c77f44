"""Deadlines of tests: in seconds of a quiet machine, so that a busy one waits longer and passes.

A test waits for a fact, and a deadline only ends the wait for one that never comes. How slow the
machine is, compared with a quiet one, is measured when somebody first asks, and twice a second from
then on:

- ``within(5)`` and ``until(fact, 5)`` count seconds of a quiet machine as they pass: five of them
  are five seconds, or twenty while four programs compete for each core;
- ``turns()`` lets other tasks of the loop go on, which wait for nothing outside of it;
- ``pause(5)`` lets five seconds pass, for what gives no sign: a caller who listens for a while;
- ``allowed(5)`` is a plain number for what takes nothing else: a subprocess, a phone, a browser.

What must *not* come in a time is not waited for here: that is no deadline.
"""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median

LOOPS = 2_500
"""How much a probe computes: each process of tests probes some 2,000 times."""
QUIET = 0.00015
"""Seconds that a probe takes on a quiet machine of the kind that runs our CI."""
TICK = 0.5
"""Seconds between two probes."""
REMEMBERED = 7
"""The slowness is the median of so many probes: a moment's rush counts for nothing."""
SPARE = 3.0
"""By so much a plain number exceeds what is measured: the machine may be slower a moment later."""
SOUND = -10
"""The priority of what sends and hears sound, as `nice` counts it."""
LATE = 0.3
"""Seconds that sound begins late on a machine that is twice as slow as a quiet one."""
LOOK = 0.02
"""Seconds between two looks at a fact, at first: what is waited for needs the machine, too."""
SELDOM = 0.1
"""Later, the part of the time waited so far that passes until the next look."""


def probe(late: float = 0.0) -> float:
    """How slow the machine is at this moment, 1 being a quiet one.

    The slowest of three: a small computation; a sleeper who was woken ``late`` (seconds); and how
    many programs want to run on each core.
    """
    began = time.perf_counter()
    sum(number * number % 7 for number in range(LOOPS))
    computed = (time.perf_counter() - began) / QUIET
    return max(1.0, computed, 1.0 + late / TICK, _wanting() / (os.cpu_count() or 1))


def _wanting() -> int:
    """The programs that run or want to, as Linux counts them; 0 elsewhere."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].split("/")[0])
    except OSError:
        return 0


class Pace:
    """A clock of the seconds that a quiet machine would have needed.

    It begins when it is first asked: a process that never asks, such as one whose forks become
    commands, has no thread for it.
    """

    def __init__(self) -> None:
        self._probes: list[float] = []
        self._lock = threading.Lock()
        self._passed, self._at = 0.0, 0.0

    @property
    def slowness(self) -> float:
        """1 on a quiet machine, 4 where everything takes four times as long."""
        with self._lock:
            if not self._probes:
                self._probes = [probe() for _ in range(REMEMBERED)]
                self._at = time.monotonic()
                threading.Thread(target=self._follow, name="pace", daemon=True).start()
            return median(self._probes)

    def now(self) -> float:
        """Seconds of a quiet machine since the beginning."""
        slowness = self.slowness
        with self._lock:
            return self._passed + (time.monotonic() - self._at) / slowness

    def _follow(self) -> None:
        while True:
            slept = time.monotonic()
            time.sleep(TICK)
            latest = probe(time.monotonic() - slept - TICK)
            with self._lock:
                now = time.monotonic()
                self._passed += (now - self._at) / median(self._probes)
                self._at, self._probes = now, [*self._probes[1:], latest]


PACE = Pace()


def allowed(seconds: float) -> float:
    """A deadline for what takes a plain number: many more seconds than it should need."""
    return seconds * SPARE * PACE.slowness


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError if the block takes longer than it may on a quiet machine."""
    end = PACE.now() + seconds
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:

        def look() -> None:
            left = end - PACE.now()
            if left > 0:
                timer[0] = loop.call_later(max(LOOK, left), look)
            else:
                limit.reschedule(loop.time())

        timer = [loop.call_later(seconds, look)]
        try:
            yield
        finally:
            timer[0].cancel()


async def pause(seconds: float) -> None:
    """Wait so many seconds, in which something is heard or said, and a little more if it is late.

    Sound takes the same time on a busy machine: only its beginning is late.
    """
    late = LATE * (PACE.slowness - 1)
    await asyncio.sleep(seconds + min(seconds, late))


async def turns(count: int = 50) -> None:
    """Let the tasks of this loop go on until they wait for each other: no time has to pass, so a
    process that was kept waiting itself gives them as much as another one."""
    for _ in range(count):
        await asyncio.sleep(0)


def until(fact: Callable[[], object], seconds: float) -> None:
    """Wait for a fact; it is asked again and again, and must come true within so many seconds."""
    began, end = time.monotonic(), PACE.now() + seconds
    while not fact():
        assert PACE.now() < end, f"it did not come true in {seconds:g} s of a quiet machine"
        time.sleep(min(0.5, max(LOOK, SELDOM * (time.monotonic() - began))))


def prefer(pid: int | None) -> None:
    """Let a process of sound run before others, if we may: a busy machine loses no packets then.

    It need not take turns with them at all, as an Asterisk that is started with ``-p``; where that
    is not granted, it has the higher priority.
    """
    for thread in (int(each.name) for each in Path(f"/proc/{pid}/task").glob("*")):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, SOUND)
        with suppress(OSError):
            os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(1))
