"""Calls those whom a campaign is for, as far as there is room beside the calls that come in."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NoReturn, Protocol

from msgspec import Struct

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.rest import Ari
from ari_app.log import masked
from ari_app.store import campaign_calls, campaigns
from ari_app.store.campaign_calls import Begun, of_key
from ari_app.store.db import Store, StoreError
from ivr.model import OUTBOUND

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at what is due."""

UNHEARD = timedelta(seconds=10)
"""An attempt that began so long ago, and has no channel, is over."""

CONTEXT = "firstline-campaign"
DIALS = "-dials"
"""How the id of the half that dials ends."""

ERRORS = (AriError, RefusedError, UnreachableError, StoreError)


class Load(Struct, frozen=True):
    """How many calls there are beside those of campaigns, and how many there may be of all, None
    for any number; 0 while callers are refused."""

    others: int
    limit: float | None


class Pace(Struct, frozen=True):
    """``most``: calls of campaigns at a time; ``share``: the part of the limit of all calls up to
    which one may begin, 0 to 1; ``ring``: for how many seconds."""

    most: int
    share: float
    ring: int
    detect_machines: bool = True

    def room(self, ours: int, load: Load) -> int:
        """How many calls may begin beside ``ours`` and the others."""
        rest = self.most - ours
        if load.limit is not None:
            rest = min(rest, int(load.limit * self.share) - ours - load.others)
        return max(0, rest)


class Surroundings(Protocol):
    """What the rest of the application says of the calls that may begin."""

    def load(self) -> Load | None:
        """Which calls there are; None while none may begin."""
        ...

    def flows(self) -> Collection[str]:
        """The flows of the menus in force that campaigns may call with."""
        ...

    def engaged(self) -> Collection[str]:
        """The numbers that are in a call with us now."""
        ...


class Dialler:
    """``now``: the clock, in the site's time zone; ``shown``: the number that the called see."""

    def __init__(
        self,
        store: Store,
        ari: Ari,
        pace: Pace,
        around: Surroundings,
        now: Callable[[], datetime],
        shown: str,
    ) -> None:
        self._store = store
        self._ari = ari
        self._pace = pace
        self._around = around
        self._now = now
        self._shown = shown
        self._held: frozenset[int] = frozenset()
        """The campaigns whose flow is missing, as logged."""

    async def run(self) -> NoReturn:
        """Call for ever those who are due."""
        logged = ""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
                logged = ""
            except ERRORS as error:
                if str(error) != logged:
                    log.warning("campaigns do not call, retry in %g s: %s", LOOK, error)
                logged = str(error)
            except Exception:  # the outermost frame
                log.exception("campaigns do not call, retry in %g s", LOOK)

    async def look(self) -> int:
        """Begin what is due, and note what is over unheard; returns how many calls began."""
        load = self._around.load()
        if load is None or not await self._store.read(campaign_calls.any_open):
            return 0
        channels = frozenset(one.id for one in await self._ari.channels.list())
        now = self._now()
        if await self._store.read(campaign_calls.unheard, channels, now - UNHEARD):
            lost = await self._store.write(campaign_calls.give_up, channels, now - UNHEARD)
            log.warning("campaigns: what came of %d calls was not heard", lost)
        ours = [one for one in map(of_key, channels) if one is not None]
        engaged = {one.number for one in ours} | set(self._around.engaged())
        begun = await self._begin(now, self._pace.room(len(ours), load), engaged)
        if await self._store.read(campaigns.any_over):
            await self._store.write(campaigns.end_over)
        return begun

    async def _begin(self, now: datetime, room: int, engaged: Collection[str]) -> int:
        """Begin what is due, at most ``room``, one after the other: when the link or the store
        fails, the others have not begun. Returns how many."""
        flows = self._around.flows()
        await self._log_held(flows)
        for begun in range(room):
            if await self._store.read(campaign_calls.due, now, flows, engaged) is None:
                return begun
            one = await self._store.write(campaign_calls.begin, now, flows, engaged)
            if one is None:  # it was paused, or the number refused
                return begun
            await self._call(one)
        return room

    async def _log_held(self, flows: Collection[str]) -> None:
        """Log, once each, which campaigns do not call because their flow is missing."""
        running = await self._store.read(campaigns.running, calls=True)
        held = {one.id: one.flow for one in running if one.flow not in flows}
        for id in held.keys() - self._held:
            text = "campaign %d does not call: the menus have no flow %s with `outbound: yes`"
            log.warning(text, id, held[id])
        self._held = frozenset(held)

    async def _call(self, one: Begun) -> None:
        """Ring a number; when it answers, the dialplan brings it to the application."""
        attempt, number = one.attempt, one.attempt.number.removeprefix("+")
        variables = {
            "FIRSTLINE_CAMPAIGN": f"{OUTBOUND}{one.flow}/{attempt.key}",
            "FIRSTLINE_NUMBER": number,
            "FIRSTLINE_RING": str(self._pace.ring),
            "FIRSTLINE_SHOWN": self._shown,
            "FIRSTLINE_DETECT": "yes" if self._pace.detect_machines else "no",
            "FIRSTLINE_MESSAGE": "yes" if one.for_machines else "no",
        }
        try:
            await self._ari.channels.originate(
                "Local/s@firstline-campaign-dial/n",
                CONTEXT,
                "s",
                variables,
                f'"{number}" <{number}>',
                attempt.key,
                attempt.key + DIALS,
            )
        except GoneError:
            log.warning("campaign %d: %s is called already", attempt.campaign, masked(number))
        except (AriError, RefusedError) as error:
            log.warning("campaign %d: %s: %s", attempt.campaign, masked(number), error)
            await self._store.write(campaign_calls.settle, attempt, "failed", self._now())
        else:
            log.info(
                "campaign %d: calling %s, attempt %d",
                attempt.campaign,
                masked(number),
                attempt.attempt,
            )
