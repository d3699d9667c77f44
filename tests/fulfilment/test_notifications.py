"""Every end of every order has its text, in every language."""

from decimal import Decimal
from typing import get_args

import pytest

from ari_app.fulfilment.notifications import Notification, notifications
from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome
from ari_app.selfcare.orders import (
    Buy,
    Completed,
    Give,
    Order,
    Quote,
    Reason,
    Redeem,
    Refused,
    Resume,
    Sell,
    Unit,
)
from ari_app.selfcare.paid_operations import ORDER_OPERATIONS
from tests.fulfilment.harness import say
from tests.selfcare.fake_billing import NOON, SINCE
from tests.spoken import LANGUAGES

ACTIONS = [one.name for one in ORDER_OPERATIONS if one.costs]
DONE, FREE = (
    Completed("5", NOON, Quote(Decimal(charge), Decimal(0), SINCE)) for charge in ("3", "0")
)
ENDS: list[OrderOutcome] = [DONE, FREE, "unavailable", "unknown", *map(Refused, get_args(Reason))]


def notified(
    operation: str, order: Order, transfer: BalanceTransfer | None, ended: OrderOutcome
) -> list[Notification]:
    found = list(notifications(1, operation, order, transfer, ended))
    for notification in found:
        for language in LANGUAGES:
            assert all(say(phrase, language) for phrase in notification.phrases)
    return found


@pytest.mark.parametrize("operation", ACTIONS)
@pytest.mark.parametrize("ended", ENDS, ids=str)
def test_who_ordered_is_notified_unless_they_heard_it(operation: str, ended: OrderOutcome) -> None:
    [notification] = notified(operation, Resume(), None, ended)
    assert (notification.subscriber, notification.unless_answered) == (1, True)


@pytest.mark.parametrize("unit", get_args(Unit))
@pytest.mark.parametrize("order", [Give, Sell, Buy])
def test_both_sides_of_a_deal_are_notified_in_any_case(unit: Unit, order: type[Order]) -> None:
    made: dict[type[Order], Order] = {
        Give: Give(2, unit, 3),
        Sell: Sell(2, unit, 3, Decimal(1)),
        Buy: Buy("5"),
    }
    transfer = BalanceTransfer(7, 8, unit, 3, Decimal("1.50"))
    found = notified("gift", made[order], transfer, DONE)
    assert [
        (notification.name, notification.subscriber, notification.unless_answered)
        for notification in found
    ] == [
        ("giver", 7, False),
        ("taker", 8, False),
    ]
    [refused] = notified("gift", made[order], transfer, Refused("too-little"))
    assert (refused.subscriber, refused.unless_answered) == (1, True)


def test_points_are_no_money() -> None:
    [notification] = notified("redeem", Redeem("5"), None, DONE)
    assert say(notification.phrases[1], "en") == "It is done. Zorka"
