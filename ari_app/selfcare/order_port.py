"""Orders that are done exactly once: a port, behind which each is kept until it has ended."""

from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from ari_app.selfcare.orders import Completed, Order, Refused, Unit
from ari_app.selfcare.request_port import Asker
from ivr.model import Operation


class BalanceTransfer(Struct, frozen=True):
    """What goes from one subscriber to another, who are both told of it: ``giver`` gives or sells
    it to ``taker``. A gift has no price."""

    giver: int
    taker: int
    unit: Unit
    amount: int
    price: Decimal = Decimal(0)
    currency: str = "BYN"


class OrderRequest(Struct, frozen=True):
    """An order as a subscriber gives it by an operation, ``agreed`` to be charged for."""

    operation: Operation
    order: Order
    agreed: Decimal
    asker: Asker
    subscriber: int
    transfer: BalanceTransfer | None = None


OrderOutcome: TypeAlias = (
    Completed | Refused | Literal["limit", "unavailable", "unknown", "accepted"]
)
"""How an order ended. ``limit``: the subscriber had it done as often as he may; ``unavailable``:
it is not done and never will be; ``unknown``: he has no account; ``accepted``: that is not known
yet, and he will get a message."""


class Orders(Protocol):
    """What has orders carried out."""

    async def place(self, wanted: OrderRequest, key: str) -> OrderOutcome:
        """Have an order carried out, within the deadline of its operation.

        The same ``key`` is the same order: it is done once, and its answer stays. Cancelling the
        wait, as a hang-up does, cancels nothing.
        """
