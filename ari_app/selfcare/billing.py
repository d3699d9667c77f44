"""Billing as self-service needs it: a port, behind which stands whatever the operator has."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

Names = Mapping[str, str]
"""A name per language: ``{"ru": "Домашний", "be": "Хатні", "en": "Home"}``."""


class BillingUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """Billing cannot answer now; whoever runs it must act. The caller is told so and goes on."""


class UnknownSubscriber(Exception):  # noqa: N818 - likewise
    """Billing has no account for this subscriber."""


class Balance(Struct, frozen=True):
    """What is on the account; negative is a debt. ``currency`` is an ISO 4217 code."""

    amount: Decimal
    currency: str = "BYN"


class Tariff(Struct, frozen=True):
    """A subscriber's tariff: ``fee`` a month, which includes ``minutes`` and ``gigabytes``."""

    names: Names
    fee: Decimal
    minutes: int
    gigabytes: int
    currency: str = "BYN"


class Service(Struct, frozen=True):
    """A service that is switched on, for ``fee`` a month."""

    names: Names
    fee: Decimal
    currency: str = "BYN"


class Payment(Struct, frozen=True):
    """Money that was paid in on a day."""

    day: date
    amount: Decimal
    currency: str = "BYN"


class BillLine(Struct, frozen=True):
    """What is charged for in a bill, without tax."""

    names: Names
    amount: Decimal


class Bill(Struct, frozen=True):
    """A bill for the month that begins on ``month``: ``total`` is the lines and, apart from them,
    ``vat``, the tax."""

    month: date
    total: Decimal
    vat: Decimal
    lines: tuple[BillLine, ...]
    currency: str = "BYN"


class Billing(Protocol):
    """What is asked of billing. ``subscriber`` is our id of him.

    Every method may raise ``BillingUnavailable`` or ``UnknownSubscriber`` and nothing else of the
    outside world (a lost connection is ``BillingUnavailable``). Who asks sets the deadline.
    """

    async def balance(self, subscriber: int) -> Balance:
        """What is on the account now."""

    async def tariff(self, subscriber: int) -> Tariff:
        """The tariff in force."""

    async def services(self, subscriber: int) -> Sequence[Service]:
        """The services that are on."""

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        """The last payments, the newest first."""

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        """The last bills, the newest first."""

    async def tariffs(self) -> Sequence[Tariff]:
        """All tariffs that the operator offers."""
