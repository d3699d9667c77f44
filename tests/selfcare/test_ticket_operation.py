"""The operation that reads a ticket for callers: what it returns."""

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ari_app.selfcare.billing import Billing
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import OpenTicket, RequestsUnavailable
from ivr.events import Answered
from ivr.tickets import Department
from ivr.values import Day, Moment, Name, Values, Word
from tests.selfcare.fake_billing import NOON, FakeBilling
from tests.selfcare.fakes import DAY, Broken, Willing
from tests.selfcare.test_operations import POOR, RICH, asker, back, selfcare


@pytest.fixture
async def billing() -> FakeBilling:
    return FakeBilling()


@pytest.mark.parametrize(
    ("due", "outcome"),
    [(NOON + DAY, "some"), (NOON, "some"), (NOON - DAY / 24, "late")],
)
async def test_what_was_promised_is_played_and_that_it_is_late(
    billing: Billing, due: datetime, outcome: str
) -> None:
    staff, minsk = Willing(), ZoneInfo("Europe/Minsk")
    created = NOON.replace(hour=22) - DAY
    site = Department(label={"en": "Engineers"}, visits=True)
    staff.promises = {RICH: OpenTicket("field", created, due, site)}
    care = Selfcare(replace(back(billing, staff), now=lambda: NOON.astimezone(minsk)))
    answer = await care.run("ticket", {}, asker(), "s1:1")
    played: Values = {
        "department": Word("field"),
        "department_label": Name({"en": "Engineers", "": "Engineers"}),
        "visit": Word("yes"),
        "due": Moment(due.astimezone(minsk), date(2026, 3, 1)),
    }
    assert answer == Answered(outcome, {**played, "created": Day(NOON.date())})
    assert str(cast(Moment, answer.values["due"]).at.tzinfo) == "Europe/Minsk"


@pytest.mark.parametrize(
    ("site", "visit", "said"),
    [(Department(label={"": "Desk"}), "no", "Desk"), (None, "unknown", "field")],
)
async def test_a_department_is_played_by_its_label_or_else_by_its_name(
    billing: Billing, site: Department | None, visit: str, said: str
) -> None:
    staff = Willing()
    staff.promises = {RICH: OpenTicket("field", NOON, NOON + DAY, site)}
    answer = await Selfcare(back(billing, staff)).run("ticket", {}, asker(), "s1:1")
    assert answer.values["visit"] == Word(visit)
    assert answer.values["department_label"] == Name({"": said})


async def test_who_was_promised_nothing_hears_nothing(billing: Billing) -> None:
    care = selfcare(billing)
    for who in (POOR, None):
        assert await care.run("ticket", {}, asker(who), "s1:1") == Answered("none")
    unvouched = replace(asker(), identity="none")
    assert await care.run("ticket", {}, unvouched, "s1:1") == Answered("none")
    down = selfcare(billing, Broken(RequestsUnavailable("disk full")))
    assert await down.run("ticket", {}, asker(), "s1:1") == Answered("unavailable")
