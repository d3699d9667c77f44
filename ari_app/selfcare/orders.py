"""Orders of a subscriber: values that billing quotes first and then carries out once."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import Struct, json

from ivr.secret import Secret
from ivr.values import OWN

Unit = Literal["minutes", "gigabytes"]
"""What one subscriber may give or sell to another."""


class ChangeTariff(Struct, frozen=True, tag="change-tariff"):
    """Another tariff, by its code, from the first day of the next month on."""

    tariff: str


class SwitchOn(Struct, frozen=True, tag="switch-on"):
    """A service, by its code, from now on."""

    service: str


class SwitchOff(Struct, frozen=True, tag="switch-off"):
    """Switch a service off, by its code."""

    service: str


class Pause(Struct, frozen=True, tag="pause"):
    """The number is kept and nothing else is charged, from one day to another, 12 months at
    most; ``until`` is the first day on which all works again."""

    since: date
    until: date


class Resume(Struct, frozen=True, tag="resume"):
    """The end of a pause, from now on, or of one that was to begin later."""


class PromisePayment(Struct, frozen=True, tag="promise-payment"):
    """Keep services on in spite of a debt until a day, by which it is to be paid."""

    until: date


class Give(Struct, frozen=True, tag="give"):
    """A gift out of what the giver has left this month."""

    recipient: int
    unit: Unit
    amount: int


class Sell(Struct, frozen=True, tag="sell"):
    """An offer to another subscriber: nothing changes hands before they accept it."""

    recipient: int
    unit: Unit
    amount: int
    price: Decimal


class Buy(Struct, frozen=True, tag="buy"):
    """Accept another subscriber's offer, by its number."""

    offer: str


class Redeem(Struct, frozen=True, tag="redeem"):
    """Change loyalty points into a reward, by its code."""

    reward: str


class BlockSim(Struct, frozen=True, tag="block-sim"):
    """Block the SIM card, which is lost or stolen: it gets no service from now on."""


class UnblockSim(Struct, frozen=True, tag="unblock-sim"):
    """Let a blocked SIM card have service again, from now on."""


class BuyPacket(Struct, frozen=True, tag="buy-packet"):
    """A packet of data, by its code, for this month."""

    packet: str


class TopUp(Struct, frozen=True, tag="top-up"):
    """Money on the account by a voucher, whose number is worth it for the first who keys it."""

    voucher: Secret


Order: TypeAlias = (
    ChangeTariff
    | SwitchOn
    | SwitchOff
    | Pause
    | Resume
    | PromisePayment
    | Give
    | Sell
    | Buy
    | Redeem
    | BlockSim
    | UnblockSim
    | BuyPacket
    | TopUp
)


def order_to_json(order: Order) -> str:
    """An order as JSON, with all that is needed to place it again, secrets too."""
    return json.encode(order, enc_hook=_revealed).decode()


def order_from_json(text: str) -> Order:
    """The order of a JSON text; of a redacted one, with asterisks for the secret."""
    read: Order = json.decode(text, type=Order, dec_hook=_secret)
    return read


def with_secret(order: Order, change: Callable[[Secret], Secret]) -> Order:
    """An order whose secret, if it has one, is changed: sealed, or brought back."""
    return TopUp(change(order.voucher)) if isinstance(order, TopUp) else order


def redacted(order: Order) -> Order:
    """The order without its secrets, for what is kept after it has ended."""
    return with_secret(order, lambda _: Secret("****"))


def _revealed(value: object) -> str:
    if not isinstance(value, Secret):
        raise TypeError(f"a {type(value).__name__} in an order")
    return value.reveal()


def _secret(kind: type, value: object) -> Secret:
    if kind is not Secret or not isinstance(value, str):
        raise TypeError(f"a {kind.__name__} in an order")
    return Secret(value)


class Quote(Struct, frozen=True):
    """What an order would do: ``charge`` is taken at once (points, for a reward), ``monthly`` is
    by how much the monthly fee grows (negative: falls) from the day ``since`` on."""

    charge: Decimal
    monthly: Decimal
    since: date
    currency: str = OWN


Reason = Literal[
    "no-such",  # there is nothing of that code or number (any more)
    "already",  # it is in that state already
    "not-on",  # there is nothing to switch off, or to end
    "too-little",  # of money, minutes, gigabytes or points
    "too-much",  # more than the operator allows at once
    "no-recipient",  # no account with that number
    "self",  # the recipient is the one who gives
    "paused",  # not while the number is paused
    "day",  # that day cannot be, or not that many months
    "changed",  # it would cost another amount than the subscriber agreed to
]
"""Why billing refuses an order."""


class Refused(Struct, frozen=True):
    """Nothing was changed."""

    reason: Reason


class Completed(Struct, frozen=True):
    """Billing has carried the order out; ``number`` is its number for it, digits."""

    number: str
    at: datetime
    quote: Quote
