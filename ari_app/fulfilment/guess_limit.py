"""A limit of wrong code words and one-time codes over one way in, whatever the numbers.

A gateway or a trunk is believed which number calls, so who sits there has new tries with each
number. Over one way only so many may be wrong in an hour, in all.
"""

import asyncio
import logging
from collections import defaultdict, deque
from datetime import datetime, timedelta

from ari_app.store import code_words
from ari_app.store.db import Store

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=1)


class GuessLimit:
    """``most`` wrong ones per way in an hour; 0 is no limit."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._recalling = asyncio.Lock()
        self._recalled = not most
        self._wrongs: dict[str, deque[datetime]] = defaultdict(deque)
        self._logged: dict[str, datetime] = {}

    async def recall(self, store: Store, now: datetime) -> None:
        """Count what was wrong before this process began, once. Raises
        :class:`~ari_app.store.errors.StoreError`."""
        async with self._recalling:
            if not self._recalled:
                wrongs = await store.look_up(code_words.wrongs_over_ways, now - WINDOW)
                self._recalled = True
                for way, at in reversed(wrongs):
                    self._wrongs[way].appendleft(at)

    def begin(self, way: str, at: datetime) -> bool:
        """Count an attempt as wrong before it is checked, as many may come at once; False if too
        many were wrong already. A call without a ``way`` is not counted."""
        if not (self._most and way):
            return True
        wrongs = self._wrongs[way]
        while wrongs and wrongs[0] <= at - WINDOW:
            wrongs.popleft()
        if len(wrongs) >= self._most:
            self._log(way, at)
            return False
        wrongs.append(at)
        return True

    def right(self, way: str) -> None:
        """The attempt that began was not wrong."""
        if self._wrongs.get(way):
            self._wrongs[way].pop()

    def _log(self, way: str, at: datetime) -> None:
        if at >= self._logged.get(way, at):
            self._logged[way] = at + WINDOW
            log.error(
                "code words: %d wrong ones in an hour over %s, so none is "
                "checked there for now: somebody may be guessing; see wrong_words_per_hour",
                self._most,
                way,
            )
