"""A call back: as soon as possible, or at the time that the caller names."""

from datetime import datetime, time, timedelta

import pytest
from msgspec.structs import replace

from ari_app.selfcare.operations import Selfcare
from ivr.acd.callbacks import Policy
from ivr.events import Answered
from ivr.values import Digits, Moment, Values, Word
from tests.selfcare.fake_billing import NOON, FakeBilling
from tests.selfcare.fakes import Willing
from tests.selfcare.test_operations import asker, back, selfcare


async def test_a_call_back_is_noted_once() -> None:
    care = selfcare(FakeBilling())
    assert await care.run("call-back", {}, asker(), "s1:1") == Answered("ok")
    assert await care.run("call-back", {}, asker(), "s1:2") == Answered("already")


async def test_a_call_back_is_at_the_time_that_the_caller_names() -> None:
    staff = Willing()
    care = selfcare(FakeBilling(), staff)
    due = Moment(NOON + timedelta(hours=2), NOON.date())
    answered = await care.run("call-back-at", {"due": due}, asker(), "s1:1")
    assert answered == Answered("ok", {"due": due})
    assert staff.kept == [(f"s1:1 {due.at}", asker(), None)]


async def test_a_call_back_is_about_the_topic_that_a_menu_names() -> None:
    staff = Willing()
    care, topic = selfcare(FakeBilling(), staff), {"topic": Word("claims")}
    due = Moment(NOON + timedelta(hours=2), NOON.date())
    await care.run("call-back", topic, asker(), "s1:1")
    await care.run("call-back-at", {"due": due, **topic}, asker(), "s1:2")
    assert [what for what, *_ in staff.kept] == ["s1:1 claims", f"s1:2 {due.at} claims"]
    with pytest.raises(ValueError, match="takes"):
        await care.run("call-back", {"day": Word("today")}, asker(), "s1:3")


@pytest.mark.parametrize(
    ("day", "keyed", "due"),
    [
        ("today", "14", datetime(2026, 3, 1, 14)),
        ("today", "1430", datetime(2026, 3, 1, 14, 30)),
        ("today", "24", datetime(2026, 3, 2, 0)),
        ("tomorrow", "9", datetime(2026, 3, 2, 9)),
        ("tomorrow", "905", datetime(2026, 3, 2, 9, 5)),
        ("tomorrow", "0", datetime(2026, 3, 2, 0)),
        ("today", "12", "past"),
        ("today", "0", "past"),
        ("today", "25", "no-such"),
        ("tomorrow", "1460", "no-such"),
        ("tomorrow", "12345", "no-such"),
    ],
)
async def test_the_time_of_a_call_back(day: str, keyed: str, due: datetime | str) -> None:
    given: Values = {"day": Word(day), "time": Digits(keyed)}
    answer = await selfcare(FakeBilling()).run("call-back-time", given, asker(), "s1:1")
    if isinstance(due, str):
        assert answer == Answered(due)
    else:
        moment = Moment(due.replace(tzinfo=NOON.tzinfo), NOON.date())
        assert answer == Answered("ok", {"due": moment})


async def test_a_time_outside_the_hours_of_calls_is_when_they_begin() -> None:
    """So that what the caller confirms, and hears at the end, is what will happen."""
    hours = Policy(hours=(time(9), time(20)), zone=str(NOON.tzinfo))
    staff = Willing()
    care = Selfcare(replace(back(FakeBilling(), staff), earliest_call=hours.earliest))
    given: Values = {"day": Word("today"), "time": Digits("2130")}
    morning = Moment(datetime(2026, 3, 2, 9, tzinfo=NOON.tzinfo), NOON.date())
    read = await care.run("call-back-time", given, asker(), "s1:1")
    assert read == Answered("ok", {"due": morning})
    opens = {"due": Moment(datetime(2026, 3, 2, 8, tzinfo=NOON.tzinfo), NOON.date())}
    assert await care.run("call-back-at", opens, asker(), "s1:2") == Answered(
        "ok", {"due": morning}
    )
    assert staff.kept == [(f"s1:2 {morning.at}", asker(), None)]
