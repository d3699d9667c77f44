"""Calls those whom a campaign is for, as far as there is room beside the calls that come in."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

from msgspec import Struct

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.rest import Ari
from ari_app.log import masked
from ari_app.store import campaign_calls
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


class Pace(Struct, frozen=True):
    """``most``: calls of campaigns at a time; ``all_calls``: how many calls of both directions
    there may be when one begins, None for any number; ``ring``: for how many seconds."""

    most: int
    all_calls: int | None
    ring: int
    detect_machines: bool = True

    def room(self, ours: int, others: int) -> int:
        """How many calls may begin beside ``ours`` and ``others``."""
        rest = self.most - ours
        if self.all_calls is not None:
            rest = min(rest, self.all_calls - ours - others)
        return max(0, rest)


class Dialler:
    """``now``: the clock, in the site's time zone; ``others``: how many calls there are that are
    not of campaigns, None while none may begin; ``shown``: the number that the called see."""

    def __init__(
        self,
        store: Store,
        ari: Ari,
        pace: Pace,
        others: Callable[[], int | None],
        now: Callable[[], datetime],
        shown: str,
    ) -> None:
        self._store = store
        self._ari = ari
        self._pace = pace
        self._others = others
        self._now = now
        self._shown = shown

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
        others = self._others()
        if others is None or not await self._store.read(campaign_calls.any_open):
            return 0
        channels = frozenset(one.id for one in await self._ari.channels.list())
        now = self._now()
        lost = await self._store.write(campaign_calls.give_up, channels, now - UNHEARD)
        if lost:
            log.warning("campaigns: what came of %d calls was not heard", lost)
        room = self._pace.room(sum(of_key(one) is not None for one in channels), others)
        begun = await self._store.write(campaign_calls.begin, now, room)
        for one in begun:
            await self._call(one)
        return len(begun)

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
