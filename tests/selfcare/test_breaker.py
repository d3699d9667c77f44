"""The circuit breaker: a value, and moments that are numbers."""

import pytest

from ari_app.selfcare.breaker import (
    Breaker,
    Closed,
    HalfOpen,
    Open,
    Rule,
    after_answer,
    after_failure,
    before_request,
)

RULE = Rule(failures=3, pause=5.0)


def after(*failures: float) -> Breaker:
    """A breaker, closed at first, that saw failures at these moments."""
    breaker: Breaker = Closed()
    for now in failures:
        breaker = after_failure(breaker, RULE, now)
    return breaker


def test_it_opens_at_the_last_failure_in_a_row() -> None:
    assert after(1.0, 2.0) == Closed(2)
    assert after(1.0, 2.0, 3.0) == Open(8.0)


def test_an_answer_makes_all_good() -> None:
    assert after_answer() == Closed()


@pytest.mark.parametrize(
    ("breaker", "now", "then"),
    [
        (Closed(2), 0.0, Closed(2)),
        (Open(8.0), 7.9, None),
        (Open(8.0), 8.0, HalfOpen()),
        (HalfOpen(), 100.0, None),
    ],
)
def test_who_may_ask(breaker: Breaker, now: float, then: Breaker | None) -> None:
    assert before_request(breaker, now) == then


def test_one_that_fails_on_trial_opens_it_again() -> None:
    assert after_failure(HalfOpen(), RULE, 9.0) == Open(14.0)


def test_those_still_out_when_it_opened_do_not_prolong_it() -> None:
    assert after_failure(Open(8.0), RULE, 7.0) == Open(8.0)
