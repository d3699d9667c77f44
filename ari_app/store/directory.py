"""Subscribers by number, answered from memory, so that no call waits for the disk."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from ari_app.store import subscribers
from ari_app.store.db import Store
from ari_app.store.subscribers import Subscriber


class Caller(Struct, frozen=True):
    """What a call needs to know of a subscriber before it begins."""

    id: int
    language: str
    area: str


class Directory:
    """The subscribers by number, as of the last load or change by this process."""

    def __init__(self, store: Store, known: Iterable[Subscriber] = ()) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._callers: dict[str, Caller] = {}
        self._numbers: dict[int, str] = {}
        self._learn(known)

    async def refresh(self) -> None:
        """Read again what other processes may have written."""
        now = await self._store.read(lambda db: Directory(self._store, subscribers.everyone(db)))
        self._callers, self._numbers = now._callers, now._numbers

    @classmethod
    async def load(cls, store: Store) -> "Directory":
        """Load all subscribers."""
        return cls(store, await store.read(subscribers.everyone))

    def caller(self, number: str) -> Caller | None:
        """The subscriber with a number, in any form; None if unknown."""
        msisdn = self._store.numbers.msisdn(number)
        return None if msisdn is None else self._callers.get(msisdn)

    def by_number(self, digits: str) -> int | None:
        """The subscriber whose number was keyed, also without country code; None if unknown."""
        found = self.caller(digits)
        return None if found is None else found.id

    def number(self, subscriber: int) -> str:
        """The number of a subscriber, "" if unknown."""
        return self._numbers.get(subscriber, "")

    async def add(self, newcomers: Iterable[Subscriber]) -> frozenset[int]:
        """Add subscribers to the store and here; returns the ids that were new."""
        newcomers = tuple(newcomers)
        added = await self._store.write(subscribers.add, newcomers)
        self._learn(one for one in newcomers if one.id in added)
        return added

    async def remember_language(self, subscriber: int, language: str) -> None:
        """Store the language that a subscriber chose, for the next call on. An unknown subscriber
        is ignored."""
        if await self._store.write(subscribers.remember_language, subscriber, language):
            number = self._numbers.get(subscriber)
            if number is not None:
                self._callers[number] = replace(self._callers[number], language=language)

    def __len__(self) -> int:
        return len(self._callers)

    def _learn(self, known: Iterable[Subscriber]) -> None:
        for one in known:
            self._callers[one.msisdn] = Caller(one.id, one.language, one.area)
            self._numbers[one.id] = one.msisdn
