"""Which texts follow from the end of an order, to whom."""

from collections.abc import Iterator

from msgspec import Struct

from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome
from ari_app.selfcare.orders import Buy, Completed, Give, Order, Redeem, Refused
from ivr.values import Count, Money, Name, Phrase, Values


class Notification(Struct, frozen=True):
    """A text to a subscriber. ``late``: needed only if he was not told while he called."""

    name: str
    subscriber: int
    phrases: tuple[Phrase, ...]
    late: bool = False


def notifications(
    subscriber: int,
    operation: str,
    order: Order,
    transfer: BalanceTransfer | None,
    ended: OrderOutcome,
) -> Iterator[Notification]:
    """What is told of an order that has ended; of a deal that was done, to both parties."""
    if transfer is not None and isinstance(ended, Completed):
        kind = (
            "gift" if isinstance(order, Give) else "bought" if isinstance(order, Buy) else "offer"
        )
        yield _of_deal(kind, "giver", transfer.giver, transfer.taker, transfer)
        yield _of_deal(kind, "taker", transfer.taker, transfer.giver, transfer)
        return
    asked = Phrase(f"text-order-{operation}")
    yield Notification("ended", subscriber, (asked, _end(order, ended)), late=True)


OTHER = "other"
"""The value that tells the number of the other party: a name, so that it is written in figures."""


def _of_deal(kind: str, role: str, to: int, other: int, transfer: BalanceTransfer) -> Notification:
    values: Values = {
        transfer.unit: Count(transfer.amount),
        "fee": Money(transfer.price, transfer.currency),
        OTHER: Name({"": str(other)}),
    }
    return Notification(role, to, (Phrase(f"text-{kind}-{role}-{transfer.unit}", values),))


def _end(order: Order, ended: OrderOutcome) -> Phrase:
    match ended:
        case Completed(_, _, quote) if quote.charge and not isinstance(order, Redeem):
            return Phrase("text-done", {"fee": Money(quote.charge, quote.currency)})
        case Completed():
            return Phrase("text-done-free")
        case Refused(reason):
            return Phrase(f"text-refused-{reason}")
    return Phrase("text-not-done")
