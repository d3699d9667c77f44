"""Whose number a caller keys, as the store has it."""

from collections.abc import Callable

from ari_app.selfcare.backends import NumbersUnavailable
from ari_app.store import subscribers
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber


class StoredNumbers:
    """See :class:`ari_app.selfcare.backends.NumberDirectory`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def by_number(self, digits: str) -> int | None:
        """The subscriber whose number was keyed, also without country code; None if unknown."""
        if self._store.numbers.whole(digits) is None:
            return None
        one = await self._found(lambda db: subscribers.by_number(db, digits))
        return None if one is None else one.id

    async def number(self, subscriber: int) -> str:
        """The number of a subscriber, "" if unknown."""
        one = await self._found(lambda db: subscribers.by_id(db, subscriber))
        return "" if one is None else one.msisdn

    async def area(self, subscriber: int) -> str | None:
        """Where a subscriber lives, "" if unknown; None if there is no such subscriber."""
        one = await self._found(lambda db: subscribers.by_id(db, subscriber))
        return None if one is None else one.area

    async def _found(self, look_up: Callable[[Database], Subscriber | None]) -> Subscriber | None:
        try:
            return await self._store.look_up(look_up)
        except StoreError as error:
            raise NumbersUnavailable(str(error)) from error
