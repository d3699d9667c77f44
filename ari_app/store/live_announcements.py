"""The announcements in force, answered from memory, and messages when they have ended."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from ari_app.store import announcements
from ari_app.store.announcement_requests import Post, Text, notify_ended
from ari_app.store.announcements import Announcement
from ari_app.store.db import Store
from ari_app.store.sqlite import Database

_log = logging.getLogger(__name__)

LOOK_SECONDS = 300.0
"""Seconds after which announcements are read again at the latest, for new subscribers and changed
clocks, and the retry after a fault."""


class LiveAnnouncements:
    """The announcements in force, and for whom. Used by calls, so only :meth:`refresh` and
    :meth:`run` wait."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._known: Sequence[tuple[Announcement, frozenset[int] | None]] = ()
        self._changed = asyncio.Event()

    @classmethod
    async def load(cls, store: Store, at: datetime) -> "LiveAnnouncements":
        """Load the announcements in force at ``at``."""
        one = cls(store)
        await one._read(at)
        return one

    async def refresh(self, at: datetime) -> None:
        """Read again what other processes may have written."""
        await self._read(at)
        self._changed.set()

    def concerning(self, subscriber: int | None, at: datetime) -> tuple[Announcement, ...]:
        """What to play to a caller, the newest first; ``subscriber`` is None if unknown."""
        return tuple(
            one
            for one, concerned in self._known
            if at < one.until and (concerned is None or subscriber in concerned)
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
                ends = [(one.until - now()).total_seconds() for one, _ in self._known]
                pause = max(0.01, min([*ends, LOOK_SECONDS]))
            except Exception as error:  # noqa: BLE001 - the outermost frame
                _log.error("announcement messages: retry in %g s: %s", LOOK_SECONDS, error)
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _read(self, at: datetime) -> None:
        self._known = await self._store.read(_unended, at)


def _unended(db: Database, at: datetime) -> list[tuple[Announcement, frozenset[int] | None]]:
    return [(one, announcements.concerned(db, one)) for one in announcements.unended(db, at)]
