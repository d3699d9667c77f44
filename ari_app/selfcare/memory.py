"""Billing that answers from memory: for the demo operator, and for tests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from ari_app.selfcare.billing import (
    Balance,
    Bill,
    BillingUnavailable,
    Payment,
    Service,
    Tariff,
    UnknownSubscriber,
)

T = TypeVar("T")


class Ledger(Struct, frozen=True):
    """All that billing knows, by subscriber. ``payments`` and ``bills`` are the newest first."""

    balances: Mapping[int, Balance]
    tariffs: Mapping[int, Tariff]
    services: Mapping[int, Sequence[Service]]
    payments: Mapping[int, Sequence[Payment]]
    bills: Mapping[int, Sequence[Bill]]
    offered: Sequence[Tariff]


class MemoryBilling:
    """A ``Billing`` over a :class:`Ledger` that ``read`` brings from wherever it is kept."""

    def __init__(self, read: Callable[[], Awaitable[Ledger]]) -> None:
        """Unavailable until the first :meth:`refresh`."""
        self._read = read
        self._ledger: Ledger | None = None

    async def refresh(self) -> None:
        """Read the ledger anew; until it is read, the old one answers."""
        self._ledger = await self._read()

    async def balance(self, subscriber: int) -> Balance:
        """What was on the account when the ledger was read."""
        return _of(self._known().balances, subscriber)

    async def tariff(self, subscriber: int) -> Tariff:
        """The tariff in force."""
        return _of(self._known().tariffs, subscriber)

    async def services(self, subscriber: int) -> Sequence[Service]:
        """The services that are on."""
        return _of(self._known().services, subscriber)

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        """The last payments, the newest first."""
        return _of(self._known().payments, subscriber)[:limit]

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        """The last bills, the newest first."""
        return _of(self._known().bills, subscriber)[:limit]

    async def tariffs(self) -> Sequence[Tariff]:
        """All tariffs."""
        return self._known().offered

    def _known(self) -> Ledger:
        if self._ledger is None:
            raise BillingUnavailable("the ledger was not read yet")
        return self._ledger


def _of(facts: Mapping[int, T], subscriber: int) -> T:
    try:
        return facts[subscriber]
    except KeyError:
        raise UnknownSubscriber(subscriber) from None
