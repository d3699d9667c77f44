"""Sends the texts of campaigns at their pace, and takes the words that refuse campaigns."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NoReturn

from ari_app.log import masked
from ari_app.store import campaigns
from ari_app.store.db import Store, StoreError

log = logging.getLogger(__name__)

LOOK = 5.0
"""Seconds between two looks at what may be sent."""


class Campaigns:
    """The campaigns of an installation. ``now``: the clock, in the site's time zone; ``wake`` has
    the outbox look for texts. ``languages``: those of the site, the first is the default.

    ``stop_words``: a text that is only one of these, in any case, refuses campaigns.
    """

    def __init__(
        self,
        store: Store,
        wake: Callable[[], None],
        now: Callable[[], datetime],
        languages: Collection[str],
        stop_words: Collection[str],
    ) -> None:
        self._store = store
        self._wake = wake
        self._now = now
        self._languages = tuple(languages)
        self._stop_words = {word.strip().casefold() for word in stop_words}

    async def run(self) -> NoReturn:
        """Send what is due, for ever."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.post_due()
            except StoreError as error:
                log.warning("campaigns: texts not sent, retry in %g s: %s", LOOK, error)

    async def post_due(self) -> int:
        """Send what may be sent now; returns how many texts."""
        now, posted = self._now(), 0
        if await self._store.read(campaigns.any_due, now):
            posted = await self._store.write(campaigns.post_due, now, self._text)
        if posted:
            log.info("campaigns: %d texts posted", posted)
            self._wake()
        if await self._store.read(campaigns.any_over):
            await self._store.write(campaigns.end_over)
        return posted

    def is_stop(self, text: str) -> bool:
        """Whether a text of a subscriber refuses campaigns."""
        return text.strip().strip(".!").casefold() in self._stop_words

    async def stop(self, number: str) -> None:
        """A number refused campaigns by a text. May raise ``StoreError``."""
        if await self._store.write(campaigns.stop, number, "text", self._now()):
            log.info("campaigns: %s wants none any more", masked(number))

    def _text(self, texts: Mapping[str, str], language: str) -> str:
        """The text in the language, else in the site's first that there is."""
        order = (language, *self._languages)
        return next((texts[one] for one in order if one in texts), next(iter(texts.values())))
