"""The port of billing, as self-service needs it; the operator's system implements it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from ari_app.selfcare.orders import Completed, Order, Quote, Refused, Unit
from ivr.secret import Secret
from ivr.values import OWN

Names = Mapping[str, str]
"""A name per language: ``{"ru": "Домашний", "be": "Хатні", "en": "Home"}``."""


class BillingUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """Billing cannot answer now; its operator must act. The caller hears so and goes on."""


class BillingUncertain(Exception):  # noqa: N818 - likewise
    """Whether an order was carried out is not known: it must be placed again with its key."""


class UnknownSubscriber(Exception):  # noqa: N818 - likewise
    """Billing has no account for this subscriber."""


class Balance(Struct, frozen=True):
    """What is on the account; negative is a debt. ``currency`` is an ISO 4217 code.

    ``as_of``: the moment at which it was so, None for now; billing itself did not answer then.
    """

    amount: Decimal
    currency: str = OWN
    as_of: datetime | None = None


class Tariff(Struct, frozen=True):
    """A tariff: ``fee`` a month, which includes ``minutes`` and ``gigabytes``.

    ``code`` is what a caller keys to choose it: digits, the same for ever.
    """

    names: Names
    fee: Decimal
    minutes: int
    gigabytes: int
    currency: str = OWN
    code: str = ""


class Service(Struct, frozen=True):
    """A service, for ``fee`` a month; ``code`` as that of a tariff."""

    names: Names
    fee: Decimal
    currency: str = OWN
    code: str = ""


class Payment(Struct, frozen=True):
    """Money that was paid in on a day."""

    day: date
    amount: Decimal
    currency: str = OWN


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
    currency: str = OWN


class Allowance(Struct, frozen=True):
    """What is left to use this month."""

    minutes: int
    gigabytes: int


class Charge(Struct, frozen=True):
    """A call or another use that was charged for; ``number`` is the other party's, "" if none."""

    at: datetime
    names: Names
    number: str
    seconds: int
    amount: Decimal
    currency: str = OWN


class PausePeriod(Struct, frozen=True):
    """A pause under way or agreed; ``until`` is the first day on which all works again."""

    since: date
    until: date


class Packet(Struct, frozen=True):
    """A packet of data for the month that has begun; ``code`` as that of a tariff."""

    names: Names
    price: Decimal
    gigabytes: int
    currency: str = OWN
    code: str = ""


class Roaming(Struct, frozen=True):
    """What use abroad costs in a country, by its calling ``code``: a minute, a message, and a
    megabyte."""

    code: str
    names: Names
    minute: Decimal
    message: Decimal
    megabyte: Decimal
    currency: str = OWN


class Sim(Struct, frozen=True):
    """The SIM card: whether it is blocked, and the PUK, by which a phone that was locked by wrong
    PINs is unlocked; None where billing does not know it."""

    blocked: bool = False
    puk: Secret | None = None


class Offer(Struct, frozen=True):
    """What another subscriber would sell; ``number`` is the offer's, of digits."""

    number: str
    seller: int
    unit: Unit
    amount: int
    price: Decimal
    currency: str = OWN


class Reward(Struct, frozen=True):
    """What loyalty ``points`` can be changed into; ``code`` as that of a tariff."""

    code: str
    names: Names
    points: int


class Billing(Protocol):
    """Requests to billing. ``subscriber`` is our id of the subscriber.

    Every method may raise ``BillingUnavailable`` or ``UnknownSubscriber`` and nothing else of the
    outside world (a lost connection is ``BillingUnavailable``). The calling side sets the deadline.
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

    async def service_offers(self) -> Sequence[Service]:
        """All services that the operator offers."""

    async def allowance(self, subscriber: int) -> Allowance:
        """The minutes and gigabytes that are left."""

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        """The last charges, the newest first."""

    async def paused(self, subscriber: int) -> PausePeriod | None:
        """The pause that is on or agreed."""

    async def packets(self) -> Sequence[Packet]:
        """All packets of data that the operator offers."""

    async def roaming(self, country: str) -> Roaming | None:
        """The prices in the country with a calling code; None if it is unknown."""

    async def sim(self, subscriber: int) -> Sim:
        """The SIM card."""

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        """Open offers of other subscribers to this one."""

    async def points(self, subscriber: int) -> int:
        """The loyalty points."""

    async def rewards(self) -> Sequence[Reward]:
        """What points can be changed into."""

    async def promise_days(self) -> int | None:
        """For how many days a payment can be put off at most; None if billing does not list it."""

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        """What an order would cost and from when on. Nothing changes."""

    async def place(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        """Carry out an order for which the subscriber agreed to be charged ``agreed``.

        A ``key`` names one order for ever: placed again with it, the first answer comes again and
        nothing else happens. ``BillingUnavailable``: nothing has happened, nor will it.
        ``BillingUncertain``: it may have happened, or may yet.
        """
