"""Which announcements concern a caller, answered from memory; and what becomes of their wishes."""

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
"""How long a new subscriber, or a clock that was put forward, is not noticed at most; after a fault
it is tried again then."""


class LiveAnnouncements:
    """The announcements that are on, and for whom. Used by calls, so nothing in it waits but
    :meth:`refresh` and :meth:`attend`."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._known: Sequence[tuple[Announcement, frozenset[int] | None]] = ()
        self._news = asyncio.Event()

    @classmethod
    async def load(cls, store: Store, at: datetime) -> "LiveAnnouncements":
        """All announcements that are on at ``at``."""
        one = cls(store)
        await one._read(at)
        return one

    async def refresh(self, at: datetime) -> None:
        """Read again what other processes may have written."""
        await self._read(at)
        self._news.set()

    def concerning(self, subscriber: int | None, at: datetime) -> tuple[Announcement, ...]:
        """What a caller is to be told, the newest first; None is one whom we do not know."""
        return tuple(
            one
            for one, concerned in self._known
            if at < one.until and (concerned is None or subscriber in concerned)
        )

    async def attend(self, post: Post, text: Text, now: Callable[[], datetime]) -> None:
        """For ever, post messages to those who wish them whenever an announcement has ended."""
        while True:
            self._news.clear()
            pause = LOOK_SECONDS
            try:
                told = await self._store.write(notify_ended, now(), post, text)
                await self._read(now())
                if told:
                    _log.info("%d callers get a message: their announcement has ended", told)
                ends = [(one.until - now()).total_seconds() for one, _ in self._known]
                pause = max(0.01, min([*ends, LOOK_SECONDS]))
            except Exception as error:  # noqa: BLE001 - the outermost frame of the deed
                _log.error("messages to those who wished them must wait: %s", error)
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def _read(self, at: datetime) -> None:
        self._known = await self._store.read(_unended, at)


def _unended(db: Database, at: datetime) -> list[tuple[Announcement, frozenset[int] | None]]:
    return [(one, announcements.concerned(db, one)) for one in announcements.unended(db, at)]
