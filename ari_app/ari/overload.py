"""Overload: whether Asterisk and the application keep up with the calls that they have.

A ping goes the way of every request: through our event loop, the link and Asterisk. How long it
takes says how many calls may be here (:mod:`ari_app.ari.admission`). While there are as many, the
dialplan leads new callers to its fallback, an apology and the queue, so that those who are here
are served in time.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from time import time
from typing import NoReturn

from ari_app.ari.admission import Admission, Limits, answered, counted, limit_of
from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.events import Event
from ari_app.ari.link import Handler, Link
from ari_app.ari.pacing import Pace, gap, passed

log = logging.getLogger(__name__)

VARIABLE = "FIRSTLINE_BUSY_UNTIL"
"""A global variable of the dialplan: until when, in seconds since 1970, new callers are led to the
fallback. It is set again and again, so what an application leaves that died is over by itself."""
GAP = "FIRSTLINE_GAP"
"""How many milliseconds apart callers are let in meanwhile; 0: none is."""
HOLD = 5
"""For how many seconds it is set."""
RENEW = 2.0
"""Seconds after which both are set again."""
LOOK = 0.5
"""Seconds after which it is looked whether callers are let in as far apart as they should be."""
CHANGED = 0.1
"""By what part that must have changed to be set."""
EVERY = 0.15
"""Seconds between two pings."""
PATIENCE = 2.0
"""The longest wait for the answer to one, or to the variable; seconds."""
QUIET = 10.0
"""An overload is over when no caller was refused for so long; seconds."""


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
        self._admission = Admission()
        self._changed = asyncio.Event()
        self._leads = False
        """Whether the dialplan leads new callers to the fallback now."""
        self._pace = Pace()
        self._looked = self._clock()
        self._here, self._begun = calls(), 0
        """How many calls there were at the last look, and began since then."""
        self._gap = 0.0
        """Seconds between two callers who are let in; 0 while all are, or none."""
        self._took = 0.0
        """How long the last ping took, as far as it was waited for."""

    @property
    def limit(self) -> float | None:
        """How many calls there may be now; None without a limit, 0 while callers are refused."""
        if self._admission.refusing or self._gap:
            return 0
        limit = limit_of(self._admission, self._limits)
        return limit if isfinite(limit) else None

    def handling(self, following: Handler) -> Handler:
        """Looks at the number of calls after each event, which ``following`` takes."""

        def handle(event: Event) -> None:
            before = self._calls()
            following(event)
            self._begun += max(0, self._calls() - before)
            self._count()

        return handle

    async def run(self) -> NoReturn:
        """Measure without end, while the link is up."""
        while True:
            await self._link.wait_connected()
            began = self._clock()
            ping = asyncio.ensure_future(self._ping())
            try:
                if self._limits.seconds:  # what is late already is not waited for
                    await asyncio.wait({ping}, timeout=self._limits.seconds)
                    self._answered(self._clock() - began)
                await ping
            finally:
                ping.cancel()
            self._took = self._clock() - began
            self._count()
            await asyncio.sleep(0 if self._admission.late else EVERY)

    async def lead(self) -> NoReturn:
        """Notify the dialplan and the administrator without end."""
        reported, refused, renewed, led = False, 0.0, 0.0, 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK, RENEW)):
                    await self._changed.wait()
            self._changed.clear()
            self._look()
            refusing, now = self._admission.refusing or self._gap > 0, self._clock()
            apart = 0.0 if self._admission.refusing else self._gap
            if refusing and (
                not self._leads or now - renewed >= RENEW or abs(apart - led) > led * CHANGED
            ):
                milliseconds = max(1, round(1000 * apart)) if apart else 0
                if await self._set(GAP, milliseconds):  # else that of a former overload would hold
                    self._leads = await self._set(VARIABLE, int(time()) + HOLD)
                    renewed, led = now, apart
            elif self._leads and not refusing:
                self._leads = not await self._set(VARIABLE, 0)
            refused = now if refusing else refused
            overloaded = refusing or (reported and now - refused < QUIET)
            if overloaded != reported:
                reported = overloaded
                self._notify(overloaded)

    def _look(self) -> None:
        now, calls = self._clock(), self._calls()
        ended = max(0, self._here + self._begun - calls)
        self._pace = passed(self._pace, now - self._looked, calls, ended)
        self._looked, self._here, self._begun = now, calls, 0
        limit = limit_of(self._admission, self._limits)
        self._gap = gap(self._pace, self._admission, calls, limit)

    def _answered(self, seconds: float) -> None:
        if self._link.connected:
            self._admission = answered(self._admission, seconds, self._calls(), self._limits)

    def _count(self) -> None:
        before = self._admission.refusing
        self._admission = counted(self._admission, self._calls(), self._limits)
        if self._admission.refusing != before:
            self._changed.set()

    async def _ping(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._link.ari.asterisk.ping()
        except (TimeoutError, AriError, UnreachableError) as error:
            log.debug("a ping of Asterisk: %r", error)

    def _notify(self, overloaded: bool) -> None:
        self._report(overloaded)
        if overloaded:
            log.warning(
                "overload: %d calls are as many as can be served (a request to Asterisk takes "
                "%.3f s): new callers hear an apology and are queued for an agent",
                self._calls(),
                self._took,
            )
        else:
            log.warning(
                "no overload any more: new callers are served, with %d calls", self._calls()
            )

    async def _set(self, variable: str, value: int) -> bool:
        """Set a global variable of the dialplan; returns whether it was."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._link.ari.asterisk.set_global_var(variable, str(value))
        except (TimeoutError, AriError, UnreachableError) as error:
            log.debug("%s was not set: %r", variable, error)
            return False
        return True
