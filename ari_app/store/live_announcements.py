"""The announcements in force, answered from memory, and messages when they have ended."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from ari_app.store import announcements
from ari_app.store.announcement_requests import Post, Text, notify_ended
from ari_app.store.announcements import Announcement
from ari_app.store.db import Store
from ari_app.store.errors import StoreError

_log = logging.getLogger(__name__)

LOOK_SECONDS = 300.0
"""Seconds after which announcements are read again at the latest, for changed clocks, and the retry
after a fault."""


class LiveAnnouncements:
    """The announcements in force."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._known: Sequence[Announcement] = ()
        self._changed = asyncio.Event()

    @classmethod
    async def load(cls, store: Store, at: datetime) -> "LiveAnnouncements":
        """Load the announcements in force at ``at``; none until :meth:`refresh` if the store is
        unavailable."""
        one = cls(store)
        try:
            await one._read(at)
        except StoreError as error:
            _log.error("no announcements are known until they can be read: %s", error)
        return one

    async def refresh(self, at: datetime) -> None:
        """Read again what other processes may have written."""
        await self._read(at)
        self._changed.set()

    async def concerning(self, subscriber: int | None, at: datetime) -> tuple[Announcement, ...]:
        """What to play to a caller, the newest first; ``subscriber`` is None if unknown."""
        now = [one for one in self._known if at < one.until]
        area = tariff = ""
        if subscriber is not None and not all(one.for_everyone for one in now):
            try:
                looked_up = self._store.look_up(announcements.area_and_tariff, subscriber)
                area, tariff = await looked_up
            except StoreError as error:
                _log.error("only announcements for all callers are played: %s", error)
        return tuple(
            one for one in now if one.for_everyone or area in one.areas or tariff in one.tariffs
        )

    async def run(self, post: Post, text: Text, now: Callable[[], datetime]) -> None:
        """For ever, post the requested messages whenever an announcement has ended."""
        while True:
            self._changed.clear()
            pause = LOOK_SECONDS
            try:
                notified = await self._store.write(notify_ended, now(), post, text)
                await self._read(now())
                if notified:
                    _log.info("%d callers are notified: their announcement has ended", notified)
                ends = [(one.until - now()).total_seconds() for one in self._known]
                pause = max(0.01, min([*ends, LOOK_SECONDS]))
            except Exception as error:  # noqa: BLE001 - the outermost frame
                _log.error("announcement messages: retry in %g s: %s", LOOK_SECONDS, error)
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _read(self, at: datetime) -> None:
        self._known = await self._store.read(announcements.unended, at)
