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
from ivr.speech.phrases import LANGUAGES
from tests.fulfilment.harness import say
from tests.selfcare.fake_billing import NOON, SINCE

DEEDS = [one.name for one in ORDER_OPERATIONS if one.costs]
DONE, FREE = (
    Completed("5", NOON, Quote(Decimal(charge), Decimal(0), SINCE)) for charge in ("3", "0")
)
ENDS: list[OrderOutcome] = [DONE, FREE, "unavailable", "unknown", *map(Refused, get_args(Reason))]


def told(
    operation: str, order: Order, transfer: BalanceTransfer | None, ended: OrderOutcome
) -> list[Notification]:
    found = list(notifications(1, operation, order, transfer, ended))
    for tiding in found:
        for language in LANGUAGES:
            assert all(say(phrase, language) for phrase in tiding.phrases)
    return found


@pytest.mark.parametrize("operation", DEEDS)
@pytest.mark.parametrize("ended", ENDS, ids=str)
def test_who_ordered_is_told_if_he_was_not_yet(operation: str, ended: OrderOutcome) -> None:
    [tiding] = told(operation, Resume(), None, ended)
    assert (tiding.subscriber, tiding.unless_answered) == (1, True)


@pytest.mark.parametrize("unit", get_args(Unit))
@pytest.mark.parametrize("order", [Give, Sell, Buy])
def test_both_sides_of_a_deal_are_told_in_any_case(unit: Unit, order: type[Order]) -> None:
    made: dict[type[Order], Order] = {
        Give: Give(2, unit, 3),
        Sell: Sell(2, unit, 3, Decimal(1)),
        Buy: Buy("5"),
    }
    transfer = BalanceTransfer(7, 8, unit, 3, Decimal("1.50"))
    found = told("gift", made[order], transfer, DONE)
    assert [(tiding.name, tiding.subscriber, tiding.unless_answered) for tiding in found] == [
        ("giver", 7, False),
        ("taker", 8, False),
    ]
    [refused] = told("gift", made[order], transfer, Refused("too-little"))
    assert (refused.subscriber, refused.unless_answered) == (1, True)


def test_points_are_no_money() -> None:
    [tiding] = told("redeem", Redeem("5"), None, DONE)
    assert say(tiding.phrases[1], "en") == "It is done. Zorka"
