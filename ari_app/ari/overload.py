"""Overload: whether Asterisk and the application keep up with the calls that they have.

A ping goes the way of every request: through our event loop, the link and Asterisk. When several in
a row take too long, or there are as many calls as may be, the dialplan leads new callers to its
fallback, an apology and the queue, so that those who are here are served in time.
"""

import asyncio
import logging
from collections.abc import Callable
from time import time
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.link import Link

log = logging.getLogger(__name__)

VARIABLE = "FIRSTLINE_BUSY_UNTIL"
"""A global variable of the dialplan: until when, in seconds since 1970, new callers are led to the
fallback. It is set again and again, so what an application leaves that died is over by itself."""
HOLD = 5
"""For how many seconds it is set."""
EVERY = 0.15
"""Seconds between two pings."""
PATIENCE = 2.0
"""The longest wait for the answer to one; seconds."""
IN_A_ROW = 4
"""So many late answers in a row are an overload."""
RECOVERED = 20
"""So many answers in a row, within half the limit, end it."""


class Limits(Struct, frozen=True):
    """What is too much; 0 is no limit. ``seconds``: an answer that takes longer is late."""

    seconds: float = 0.05
    calls: int = 0


class Pressure(Struct, frozen=True):
    """What was measured so far."""

    overloaded: bool = False
    late: int = 0
    """Late answers in a row."""
    good: int = 0
    """Good answers in a row."""


def measured(pressure: Pressure, seconds: float, calls: int, limits: Limits) -> Pressure:
    """An answer took so long, and there are so many calls."""
    full = bool(limits.calls) and calls >= limits.calls
    late = bool(limits.seconds) and seconds > limits.seconds
    good = not full and (not limits.seconds or seconds <= limits.seconds / 2)
    after = Pressure(
        pressure.overloaded, pressure.late + 1 if late else 0, pressure.good + 1 if good else 0
    )
    if full or after.late >= IN_A_ROW:
        return replace(after, overloaded=True)
    return replace(after, overloaded=after.overloaded and after.good < RECOVERED)


class OverloadWatch:
    """Measures all the time, and reports to the dialplan and to ``report``."""

    def __init__(
        self, link: Link, calls: Callable[[], int], limits: Limits, report: Callable[[bool], None]
    ) -> None:
        """``calls`` returns how many there are now; ``report`` is called with each change."""
        self._link = link
        self._calls = calls
        self._limits = limits
        self._report = report
        self._clock = asyncio.get_running_loop().time
        self._pressure = Pressure()

    async def run(self) -> NoReturn:
        """Measure without end, while the link is up."""
        while True:
            await self._link.wait_connected()
            began = self._clock()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._link.ari.asterisk.ping()
            except UnreachableError:
                await asyncio.sleep(EVERY)
                continue
            except (TimeoutError, AriError) as error:
                log.debug("a ping of Asterisk: %r", error)
            await self._take(self._clock() - began)
            await asyncio.sleep(EVERY)

    async def _take(self, seconds: float) -> None:
        calls, before = self._calls(), self._pressure.overloaded
        self._pressure = measured(self._pressure, seconds, calls, self._limits)
        now = self._pressure.overloaded
        if now != before:
            self._report(now)
        if now and not before:
            log.warning(
                "overload: a request to Asterisk takes %.2f s, with %d calls: new callers hear an "
                "apology and are queued for an agent",
                seconds,
                calls,
            )
        elif before and not now:
            log.warning("no overload any more: new callers are served, with %d calls", calls)
        if now or before:
            await self._lead(int(time()) + HOLD if now else 0)

    async def _lead(self, until: int) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._link.ari.asterisk.set_global_var(VARIABLE, str(until))
        except (TimeoutError, AriError, UnreachableError) as error:
            log.debug("%s was not set: %r", VARIABLE, error)
