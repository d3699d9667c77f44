"""Why a bill is higher: what changed, and what of it is tax."""

from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.selfcare import answers
from ari_app.selfcare.billing import Bill
from ivr.values import Money, Name, Rows
from tests.selfcare.samples import NAMES, bill


def reasons(*bills: Bill) -> list[tuple[str, Decimal]]:
    rows = cast(Rows, answers.bill(bills).values["reasons"]).rows
    return [
        (cast(Name, row["reason"]).in_("en"), cast(Money, row["amount"]).amount) for row in rows
    ]


def test_a_bill_that_grew_by_tax_alone_has_no_other_reason() -> None:
    answer = answers.bill([bill(3, "3.75", home="15.00"), bill(2, "3.00", home="15.00")])
    assert answer.outcome == "higher"
    assert answer.values == {
        "bill": Money(Decimal("18.75")),
        "before": Money(Decimal("18.00")),
        "difference": Money(Decimal("0.75")),
        "vat": Money(Decimal("3.75")),
        "vat_change": Money(Decimal("0.75")),
        "reasons": Rows(()),
    }


def test_a_new_service_is_the_reason() -> None:
    new, old = bill(3, "4.50", home="15.00", tv="7.50"), bill(2, "3.00", home="15.00")
    assert answers.bill([new, old]).outcome == "higher"
    assert reasons(new, old) == [("tv", Decimal("7.50"))]
    assert answers.bill([old, new]).outcome == "lower"
    assert reasons(old, new) == [("tv", Decimal("-7.50"))]
    assert answers.bill([old, new]).values["difference"] == Money(Decimal("9.00"))


def test_three_largest_changes_are_played_whichever_their_sign() -> None:
    old = bill(2, "0", home="15.00", calls="9.00", sms="1.00", tv="5.00")
    new = bill(3, "0", home="15.00", calls="1.00", sms="2.00", tv="9.00", roaming="6.00")
    assert reasons(new, old) == [
        ("calls", Decimal("-8.00")),
        ("roaming", Decimal("6.00")),
        ("tv", Decimal("4.00")),
    ]


def test_lines_of_one_name_are_one_reason() -> None:
    old = bill(2, "0", home="15.00")
    twice = Bill(old.month, Decimal("30.00"), old.vat, old.lines * 2)
    assert reasons(twice, old) == [(NAMES["en"], Decimal("15.00"))]


@pytest.mark.parametrize("bills", [[], [bill(3, "3.00", home="15.00")]])
def test_nothing_to_compare_is_none(bills: list[Bill]) -> None:
    assert answers.bill(bills).outcome == "none"


AMOUNTS = st.decimals(0, 1000, places=2).map(str)
BILLS = st.builds(bill, st.just(1), AMOUNTS, home=AMOUNTS, tv=AMOUNTS)


@given(BILLS, BILLS)
def test_the_outcome_and_the_difference_always_agree(new: Bill, old: Bill) -> None:
    answer = answers.bill([new, old])
    amounts = {name: value.amount for name, value in answer.values.items() if type(value) is Money}
    assert amounts["difference"] >= 0 <= amounts["vat_change"]
    signed = {"higher": 1, "lower": -1, "same": 0}[answer.outcome] * amounts["difference"]
    assert amounts["before"] + signed == amounts["bill"]
    changes = sum(change for _, change in reasons(new, old))
    assert changes + (new.vat - old.vat) == signed
