"""For how many days a payment can be put off, or why not: with one quote, and no reason made up."""

from datetime import timedelta

import pytest

from ari_app.selfcare.orders import PromisePayment, Reason
from ivr.events import Answered
from ivr.values import Count
from tests.selfcare.fake_billing import NOON, FakeBilling
from tests.selfcare.test_operations import asker, selfcare


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling()


async def terms(billing: FakeBilling) -> Answered:
    """The answer, after one quote."""
    answer = await selfcare(billing).run("promise-terms", {}, asker(), "c1:1")
    assert len(billing.quoted) == 1
    return answer


async def test_what_billing_lists_is_played_if_it_quotes_that(billing: FakeBilling) -> None:
    assert await terms(billing) == Answered("ok", {"most_days": Count(7)})
    assert billing.quoted == [PromisePayment(NOON.date() + timedelta(7))]


async def test_days_that_billing_does_not_list_are_not_played(billing: FakeBilling) -> None:
    billing.days = None
    assert await terms(billing) == Answered("unlisted")


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("already", "already"),
        ("not-on", "not-on"),
        ("too-much", "too-much"),
        ("paused", "paused"),
        ("day", "unavailable"),
        ("too-little", "unavailable"),
        ("no-such", "unavailable"),
    ],
)
@pytest.mark.parametrize("days", [7, None])
async def test_a_refusal_has_its_own_reason_or_none(
    billing: FakeBilling,
    monkeypatch: pytest.MonkeyPatch,
    reason: Reason,
    outcome: str,
    days: int | None,
) -> None:
    monkeypatch.setattr(billing, "_why_not", lambda *_: reason)
    billing.days = days
    assert await terms(billing) == Answered(outcome)
