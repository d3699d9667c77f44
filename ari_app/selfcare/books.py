"""The books of the built-in billing, as one value: accounts, offers, catalogue and rules.

``today`` is the day in the operator's time zone.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Offer,
    Packet,
    PausePeriod,
    Reward,
    Roaming,
    Service,
    Tariff,
    UnknownSubscriber,
)
from ari_app.selfcare.orders import Unit
from ivr.secret import Secret
from ivr.values import OWN


class Rules(Struct, frozen=True):
    """Fees and limits of the operator; docs/billing.md describes them."""

    change_fee: Decimal = Decimal("5.00")
    pause_fee: Decimal = Decimal("1.50")
    """For each month that is begun."""
    pause_months: int = 12
    pause_ahead: int = 90
    """In how many days a pause may begin at the latest."""
    promise_days: int = 7
    promise_least: Decimal = Decimal("0.01")
    """The least debt for which payment is to be promised."""
    promise_most: Decimal = Decimal("20.00")
    """The greatest one."""
    minutes_most: int = 500
    """The greatest gift, or lot for sale; likewise ``gigabytes_most``."""
    gigabytes_most: int = 50
    price_most: Decimal = Decimal("100.00")
    offers_most: int = 5
    """How many offers a seller may have open."""
    offer_days: int = 7
    """On how many days an offer can be accepted, the first one counted."""
    currency: str = OWN


class RewardGrant(Struct, frozen=True):
    """A reward, and what it puts on the account."""

    reward: Reward
    money: Decimal = Decimal("0.00")
    minutes: int = 0
    gigabytes: int = 0

    @property
    def code(self) -> str:
        """The reward's."""
        return self.reward.code


class ProductCatalogue(Struct, frozen=True):
    """What the operator offers, by code; all in the currency of its rules."""

    tariffs: Mapping[str, Tariff]
    services: Mapping[str, Service] = {}
    rewards: Mapping[str, RewardGrant] = {}
    packets: Mapping[str, Packet] = {}
    roaming: Mapping[str, Roaming] = {}
    rules: Rules = Rules()


class TariffChange(Struct, frozen=True):
    """The tariff of this code is in force from a day on."""

    tariff: str
    since: date


class Account(Struct, frozen=True):
    """What a subscriber has: the tariff and the sorted services by code, what is left to use in
    ``month`` (its first day), the day until which payment is promised, and the SIM card."""

    balance: Decimal
    tariff: str
    services: tuple[str, ...] = ()
    minutes: int = 0
    gigabytes: int = 0
    month: date = date.min
    points: int = 0
    next: TariffChange | None = None
    paused: PausePeriod | None = None
    promised: date | None = None
    blocked: bool = False
    puk: Secret | None = None

    def is_paused(self, today: date) -> bool:
        """Whether a pause is on, not only agreed."""
        return self.paused is not None and self.paused.since <= today


class Voucher(Struct, frozen=True):
    """A voucher, by a hash of its number: what it is worth, and whether it was used."""

    amount: Decimal
    used: bool = False


def voucher_id(number: Secret) -> str:
    """What stands for the number of a voucher where it is kept."""
    return sha256(number.reveal().encode()).hexdigest()


class OpenOffer(Struct, frozen=True):
    """An offer to a recipient, which they can accept before the day ``until``."""

    offer: Offer
    recipient: int
    until: date


class OperatorTotals(Struct, frozen=True):
    """What the operator took, less what it gave: with all accounts the sum never changes."""

    money: Decimal = Decimal("0.00")
    minutes: int = 0
    gigabytes: int = 0
    points: int = 0


class Books(Struct, frozen=True):
    """All accounts, open offers (by number) and vouchers; ``last`` is the newest order's number."""

    catalogue: ProductCatalogue
    accounts: Mapping[int, Account]
    offers: Mapping[str, OpenOffer] = {}
    operator: OperatorTotals = OperatorTotals()
    last: int = 0
    vouchers: Mapping[str, Voucher] = {}

    def account(self, subscriber: int, today: date) -> Account:
        """An account as it is on a day; ``UnknownSubscriber``."""
        try:
            return _as_of(self.accounts[subscriber], self.catalogue, today)
        except KeyError:
            raise UnknownSubscriber(subscriber) from None

    def with_account(self, subscriber: int, account: Account) -> "Books":
        """The books with a changed account; the operator's totals change by the opposite amount.

        So nothing gets lost: between two accounts the operator gives one what the other gave.
        """
        old, operator = self.accounts[subscriber], self.operator
        return replace(
            self,
            accounts={**self.accounts, subscriber: account},
            operator=OperatorTotals(
                operator.money + old.balance - account.balance,
                operator.minutes + old.minutes - account.minutes,
                operator.gigabytes + old.gigabytes - account.gigabytes,
                operator.points + old.points - account.points,
            ),
        )

    def offers_to(self, recipient: int, today: date) -> list[Offer]:
        """The offers that can be accepted: not expired, and no more than the seller has left."""
        return [
            sale.offer
            for sale in self.offers.values()
            if sale.recipient == recipient
            and today < sale.until
            and not (seller := self.account(sale.offer.seller, today)).is_paused(today)
            and remaining(seller, sale.offer.unit) >= sale.offer.amount
        ]


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=_HasCode)


def by_code(offers_to: Iterable[C]) -> Mapping[str, C]:
    """A part of a shelf, in the order of its codes as numbers."""
    return {one.code: one for one in sorted(offers_to, key=lambda one: (len(one.code), one.code))}


def remaining(account: Account, unit: Unit) -> int:
    """What is left to use of a unit."""
    return account.minutes if unit == "minutes" else account.gigabytes


def with_more(account: Account, unit: Unit, amount: int) -> Account:
    """An account with more of a unit, or with less if ``amount`` is negative."""
    if unit == "minutes":
        return replace(account, minutes=account.minutes + amount)
    return replace(account, gigabytes=account.gigabytes + amount)


def monthly_fee(account: Account, catalogue: ProductCatalogue) -> Decimal:
    """What an account is charged a month while it is not paused."""
    services = (catalogue.services[code].fee for code in account.services)
    return sum(services, catalogue.tariffs[account.tariff].fee)


def next_month(today: date) -> date:
    """The first day of the next month."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _as_of(account: Account, catalogue: ProductCatalogue, today: date) -> Account:
    """An account after what became due: a new tariff, the end of a pause or a promise, a new month
    with all that the tariff includes."""
    if account.next is not None and account.next.since <= today:
        account = replace(account, tariff=account.next.tariff, next=None)
    if account.paused is not None and account.paused.until <= today:
        account = replace(account, paused=None)
    if account.promised is not None and account.promised < today:
        account = replace(account, promised=None)
    month = today.replace(day=1)
    if account.month >= month:
        return account
    tariff = catalogue.tariffs[account.tariff]
    return replace(account, month=month, minutes=tariff.minutes, gigabytes=tariff.gigabytes)
