"""Which text messages follow from the outcome of an order, and to whom."""

from collections.abc import Iterator

from msgspec import Struct

from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome
from ari_app.selfcare.orders import (
    BlockSim,
    Buy,
    Completed,
    Give,
    Order,
    Redeem,
    Refused,
    UnblockSim,
)
from ivr.values import Count, Money, Name, Phrase, Values


class Notification(Struct, frozen=True):
    """A text message to a subscriber, or to their ``second`` contact, if there is one.
    ``unless_answered``: not needed if the caller has heard the outcome during the call."""

    name: str
    subscriber: int
    phrases: tuple[Phrase, ...]
    unless_answered: bool = False
    second: bool = False


def notifications(
    subscriber: int,
    operation: str,
    order: Order,
    transfer: BalanceTransfer | None,
    outcome: OrderOutcome,
) -> Iterator[Notification]:
    """The messages after an order: of a completed transfer to both parties; of a SIM card that was
    blocked, or no longer is, to its number and to the second contact; else to the subscriber who
    ordered."""
    if transfer is not None and isinstance(outcome, Completed):
        kind = (
            "gift" if isinstance(order, Give) else "bought" if isinstance(order, Buy) else "offer"
        )
        yield _of_transfer(kind, "giver", transfer.giver, transfer.taker, transfer)
        yield _of_transfer(kind, "taker", transfer.taker, transfer.giver, transfer)
        return
    if isinstance(order, BlockSim | UnblockSim) and isinstance(outcome, Completed):
        kind = "blocked" if isinstance(order, BlockSim) else "unblocked"
        values: Values = {OTHER: Name({"": str(subscriber)})}
        for name in ("own", "second"):
            text = Phrase(f"text-sim-{kind}-{name}", values)
            yield Notification(name, subscriber, (text,), second=name == "second")
        return
    ordered = Phrase(f"text-order-{operation}")
    phrases = (ordered, _outcome(order, outcome))
    yield Notification("ended", subscriber, phrases, unless_answered=True)


OTHER = "other"
"""The value of a phrase that is the other party's number; a name, so that digits are written."""


def _of_transfer(
    kind: str, role: str, to: int, other: int, transfer: BalanceTransfer
) -> Notification:
    values: Values = {
        transfer.unit: Count(transfer.amount),
        "fee": Money(transfer.price, transfer.currency),
        OTHER: Name({"": str(other)}),
    }
    return Notification(role, to, (Phrase(f"text-{kind}-{role}-{transfer.unit}", values),))


def _outcome(order: Order, outcome: OrderOutcome) -> Phrase:
    match outcome:
        case Completed(_, _, quote) if quote.charge and not isinstance(order, Redeem):
            return Phrase("text-done", {"fee": Money(quote.charge, quote.currency)})
        case Completed():
            return Phrase("text-done-free")
        case Refused(reason):
            return Phrase(f"text-refused-{reason}")
    return Phrase("text-not-done")
