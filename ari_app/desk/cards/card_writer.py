"""Writes cards into the store, in the background: no card waits for the disk."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from ari_app.desk.cards.card import Begin, Card
from ari_app.desk.cards.card_store import CardStore
from ari_app.desk.ports import DeskUnavailable

log = logging.getLogger(__name__)

RETRY = 1.0
"""Seconds after which a failed write is retried."""


class CardWriter:
    """Its methods never wait; what fails is retried until it works."""

    def __init__(self, store: CardStore, begin: Begin) -> None:
        self._store = store
        self._begin = begin

    def opened(self, card: Card) -> None:
        """Store a new card."""
        self._begin(self._open(card))

    def changed(self, card: Card) -> None:
        """Store a card as it is by the time it is written."""
        self._begin(self._stored(card, lambda: self._store.update(card.record)))

    def closed(self, card: Card, at: datetime) -> None:
        """Close a card that was not answered."""
        self._begin(self._stored(card, lambda: self._store.close(card.id, at)))

    async def _open(self, card: Card) -> None:
        await _retried(lambda: self._store.open(card.record))
        card.stored.set()

    async def _stored(self, card: Card, write: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await card.stored.wait()
        await _retried(write)


async def _retried(write: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        try:
            return await write()
        except DeskUnavailable as error:
            log.warning("card not stored: %s; retry in %g s", error, RETRY)
            await asyncio.sleep(RETRY)
