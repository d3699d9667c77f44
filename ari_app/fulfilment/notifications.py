"""Which texts follow from the end of an order, to whom."""

from collections.abc import Iterator

from msgspec import Struct

from ari_app.selfcare.order_port import Deal, Ended
from ari_app.selfcare.orders import Buy, Give, Order, Placed, Redeem, Refused
from ivr.values import Count, Money, Name, Phrase, Values


class Notification(Struct, frozen=True):
    """A text to a subscriber. ``late``: needed only if he was not told while he called."""

    name: str
    subscriber: int
    phrases: tuple[Phrase, ...]
    late: bool = False


def tidings(
    subscriber: int, operation: str, order: Order, deal: Deal | None, ended: Ended
) -> Iterator[Notification]:
    """What is told of an order that has ended; of a deal that was done, to both parties."""
    if deal is not None and isinstance(ended, Placed):
        kind = (
            "gift" if isinstance(order, Give) else "bought" if isinstance(order, Buy) else "offer"
        )
        yield _of_deal(kind, "giver", deal.giver, deal.taker, deal)
        yield _of_deal(kind, "taker", deal.taker, deal.giver, deal)
        return
    asked = Phrase(f"text-order-{operation}")
    yield Notification("ended", subscriber, (asked, _end(order, ended)), late=True)


OTHER = "other"
"""The value that tells the number of the other party: a name, so that it is written in figures."""


def _of_deal(kind: str, role: str, to: int, other: int, deal: Deal) -> Notification:
    values: Values = {
        deal.unit: Count(deal.amount),
        "fee": Money(deal.price, deal.currency),
        OTHER: Name({"": str(other)}),
    }
    return Notification(role, to, (Phrase(f"text-{kind}-{role}-{deal.unit}", values),))


def _end(order: Order, ended: Ended) -> Phrase:
    match ended:
        case Placed(_, _, quote) if quote.charge and not isinstance(order, Redeem):
            return Phrase("text-done", {"fee": Money(quote.charge, quote.currency)})
        case Placed():
            return Phrase("text-done-free")
        case Refused(reason):
            return Phrase(f"text-refused-{reason}")
    return Phrase("text-not-done")
