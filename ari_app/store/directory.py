"""Subscribers by number, looked up by index: neither memory nor the start grows with them."""

import logging

from msgspec import Struct

from ari_app.store import subscribers
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.patience import patience

_log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds for which a call waits to know its caller: a disk that answers takes a millisecond."""


class Caller(Struct, frozen=True):
    """What a call needs to know of a subscriber before it begins."""

    id: int
    language: str
    area: str


class Directory:
    """The subscribers by number, as the store has them now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def caller(self, number: str) -> Caller | None:
        """The subscriber with a number, in any form; None if unknown.

        A call must begin: where the store is unavailable, or not read within :data:`PATIENCE`, the
        caller is unknown.
        """
        if self._store.numbers.whole(number) is None:
            return None
        try:
            async with patience(PATIENCE):
                one = await self._store.look_up(subscribers.by_number, number)
        except StoreError as error:
            _log.warning("a caller is served as unknown, the store is unavailable: %s", error)
            return None
        return None if one is None else Caller(one.id, one.language, one.area)

    async def remember_language(self, subscriber: int, language: str) -> None:
        """Store the language that a subscriber chose, for the next call on. An unknown subscriber
        is ignored. ``StoreError``."""
        await self._store.write_unsynced(subscribers.remember_language, subscriber, language)
