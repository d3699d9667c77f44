"""The port of orders: each is carried out exactly once, and stored until its outcome is known."""

from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from ari_app.selfcare.orders import Completed, Order, Refused, Unit
from ari_app.selfcare.request_port import Asker
from ivr.model import Operation
from ivr.values import OWN


class BalanceTransfer(Struct, frozen=True):
    """Minutes or gigabytes that ``giver`` gives or sells to ``taker``; both are notified. A gift
    has no price."""

    giver: int
    taker: int
    unit: Unit
    amount: int
    price: Decimal = Decimal(0)
    currency: str = OWN


class OrderRequest(Struct, frozen=True):
    """An order that a subscriber places with an operation; ``agreed`` is the charge agreed to."""

    operation: Operation
    order: Order
    agreed: Decimal
    asker: Asker
    subscriber: int
    transfer: BalanceTransfer | None = None


OrderOutcome: TypeAlias = (
    Completed | Refused | Literal["limit", "unavailable", "unknown", "accepted"]
)
"""How an order ended. ``limit``: over the limit of a day or a month; ``unavailable``: it was not
done and never will be; ``unknown``: no such account; ``accepted``: not known yet, a text message
follows."""


class Orders(Protocol):
    """Has orders carried out."""

    async def place(self, wanted: OrderRequest, key: str) -> OrderOutcome:
        """Have an order carried out, within the deadline of its operation.

        ``key`` is an idempotency key: used again, the order is not repeated and its first outcome
        is returned. Cancelling the wait, as a hang-up does, does not cancel the order.
        """
