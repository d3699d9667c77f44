"""The engine: what is set, and what is branched on."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ivr.engine import FlowError
from ivr.events import Answered, Keyed
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Recording,
    Rows,
    Spoken,
    Value,
    Word,
)
from tests.ivr.calls import Call, book, flow

ENDS = """
one: { end: hello }
ten: { end: hours }
bye: { end: bye }
"""

SET = """
start: { input: number, into: number, then: set, gave-up: bye }
set: { set: { tries: 3, topic: money, same: "{number}", tariff: "{topic}" }, then: look }
look: { branch: %s, when: { "%s": one }, else: ten }
"""


@pytest.mark.parametrize(
    ("what", "case", "expected"),
    [
        ("tries", "3", "hello"),
        ("tries", "< 4", "hello"),
        ("tries", ">= 4", "hours"),
        ("topic", "money", "hello"),
        ("topic", "< 4", "hours"),
        ("same", "007", "hello"),
        ("same", "7", "hours"),
        ("same", "<= 7", "hello"),
        ("tariff", "silver", "hello"),  # all are set at once, from what was there before
    ],
)
def test_what_was_set_is_branched_on(what: str, case: str, expected: str) -> None:
    call = Call(book(flow(SET % (what, case) + ENDS)))
    call.session = replace(call.session, values={"topic": Word("silver")})
    call.take(Keyed("007"))
    assert call.summary == f"say {expected}"
    assert call.session.values["tries"] == Count(3)
    assert call.session.values["topic"] == Word("money")
    assert call.session.values["same"] == Digits("007")


def test_a_value_that_was_never_brought_cannot_be_set() -> None:
    text = flow(
        'start: { set: { day: "{number}" }, then: bye }\n'
        "n: { input: number, into: number, then: bye, gave-up: bye }" + ENDS
    )
    with pytest.raises(FlowError, match="start uses number") as caught:
        Call(book(text))
    assert [(step.node, step.outcome, step.way) for step in caught.value.steps] == [
        ("start", "error", "error")
    ]


KINDS: list[tuple[Value, str, bool]] = [
    (Money(Decimal("4.99"), "BYN"), "< 5", True),
    (Money(Decimal("5.00"), "BYN"), "< 5", False),
    (Money(Decimal("-0.01"), "BYN"), "< 0", True),
    (Money(Decimal("5.00"), "BYN"), ">= 5.00", True),
    (Count(0), "0", True),
    (Rows(({}, {})), "> 1", True),
    (Rows(()), "0", True),
    (Recording("/x.wav", 12.5), "> 12", True),
    (Day(date(2026, 3, 1)), "2026-03-01", True),
    (Moment(datetime(2026, 3, 1, 9)), "> 5", False),
    (Name({"ru": "Дом", "": "Home"}), "Home", True),
    (Spoken({"ru": "Авария"}), "Home", False),
    (Digits("٣"), "> 1", False),
]


@pytest.mark.parametrize(("value", "case", "fits"), KINDS, ids=str)
def test_every_kind_of_value_can_be_looked_at(value: Value, case: str, fits: bool) -> None:
    text = flow(
        f"start: {{ do: balance, on: {{ ok: look }}, else: look }}\n"
        f"look: {{ branch: balance, when: {{ '{case}': one }}, else: ten }}" + ENDS
    )
    call = Call(book(text))
    call.take(Answered("ok", {"balance": value}))
    assert call.summary == ("say hello" if fits else "say hours")


def test_the_first_case_that_fits_counts_and_none_fits_what_is_not_there() -> None:
    text = flow(
        """
start: { do: balance, on: { ok: look }, else: look }
look: { branch: balance, when: { "< 5": one, "< 50": ten, "< 500": bye }, else: m }
m: { menu: menu, keys: { "1": bye }, gave-up: bye }
"""
        + ENDS
    )
    call = Call(book(text))
    call.take(Answered("ok", {"balance": Money(Decimal(7), "BYN")}))
    assert (call.summary, call.ways[1]) == ("say hours", "look < 50")
    call = Call(call.book)
    call.take(Answered("unavailable"))
    assert (call.summary, call.ways[1]) == ("ask menu", "look else")


@pytest.mark.parametrize(
    ("subscriber", "proven", "expected"),
    [(None, False, "hours"), (7, False, "bye"), (7, True, "hello"), (None, True, "hours")],
)
def test_how_well_the_caller_is_known(subscriber: int | None, proven: bool, expected: str) -> None:
    text = flow(
        """
start: { menu: menu, keys: { "1": look }, gave-up: bye }
look: { branch: identity, when: { code-word: one, none: ten }, else: bye }
"""
        + ENDS
    )
    call = Call(book(text), subscriber)
    call.session = replace(call.session, proven=proven)
    call.take(Keyed("1"))
    assert call.summary == f"say {expected}"


def test_an_operation_may_prove_who_calls() -> None:
    text = flow(
        """
start: { do: prove, on: { ok: inner, no: inner } }
inner: { need: code-word, say: hello, then: bye }
"""
        + ENDS,
        "on-need: ten",
    )
    proven, not_proven = Call(book(text)), Call(book(text))
    proven.take(Answered("ok"))
    assert (proven.summary, proven.session.identity) == ("say hello bye", "code-word")
    not_proven.take(Answered("no"))
    assert (not_proven.summary, not_proven.session.identity) == ("say hours", "caller")
