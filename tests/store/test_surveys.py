"""Whom surveys ask, and whose conversation the answers are about."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.store import queue_calls, queue_report, survey_report, surveys
from ari_app.store.queue_report import Rules
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from ari_app.store.surveys import Marks, Survey
from ari_app.store.times import micros
from ivr.acd.chosen import Chosen
from ivr.acd.figures import Stay
from ivr.acd.outcomes import Surveyed
from tests.operators import BELARUS
from tests.store.samples import NOON

DAY = timedelta(days=1)
NUMBER = "375990000001"


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(Database(sqlite3.connect(":memory:"), BELARUS)) as made:
        MIGRATIONS.apply(made)
        yield made


def begun(
    db: Database, call: str, number: str = NUMBER, who: int | None = None, share: float = 1.0
) -> bool:
    return surveys.begin(db, call, number, who, NOON, NOON - 30 * DAY, share)


def talked(db: Database, call: str, agent: str, minutes: int) -> None:
    at = micros(NOON - timedelta(minutes=minutes))
    stay = Stay(channel=f"{call}.{agent}", call=call, queue="support", topic="money", joined=at)
    queue_calls.put(db, [replace(stay, answered=at, left=at, agent=agent)])


def test_a_number_is_asked_once_in_the_time(db: Database) -> None:
    assert begun(db, "c1")
    assert begun(db, "c1"), "the same call is the same survey"
    assert not begun(db, "c2")
    assert surveys.begin(db, "c3", NUMBER, None, NOON + 31 * DAY, NOON + DAY, 1.0)


def test_a_subscriber_is_asked_once_whatever_the_number(db: Database) -> None:
    assert begun(db, "c1", NUMBER, 77)
    assert not begun(db, "c2", "375291234567", 77)
    assert begun(db, "c3", "375291234567", 78)


def test_withheld_numbers_are_not_one_caller(db: Database) -> None:
    assert begun(db, "c1", "")
    assert begun(db, "c2", "")


def test_a_share_of_the_callers_is_asked_and_the_same_in_each_attempt(db: Database) -> None:
    asked = [begun(db, f"call {number}", "", share=0.25) for number in range(400)]
    assert 60 < sum(asked) < 140
    assert asked == [begun(db, f"call {number}", "", share=0.25) for number in range(400)]
    assert not begun(db, "nobody", "", share=0.0)


def test_answers_are_about_the_last_conversation_before(db: Database) -> None:
    talked(db, "c1", "anna", 9)
    talked(db, "c1", "boris", 3)
    begun(db, "c1")
    surveys.answer(db, "c1", "solved", 1, 1, NOON)
    surveys.answer(db, "c1", "agent", 2, 5, NOON)
    surveys.answer(db, "c1", "agent", 4, 5, NOON)
    [found] = surveys.between(db, NOON - DAY, NOON + DAY)
    answers = {"agent": (4, 5), "solved": (1, 1)}
    assert found == Survey(
        call="c1", at=NOON, agent="boris", queue="support", topic="money", answers=answers
    )
    assert surveys.between(db, NOON - DAY, NOON + DAY, agent="anna") == []
    assert surveys.between(db, NOON - DAY, NOON + DAY, queue="support") == [found]
    two, four = (NOON - timedelta(minutes=minutes) for minutes in (2, 4))
    assert surveys.between(db, two, NOON + DAY) == [], "reports count it when the caller joined"
    assert surveys.between(db, four, two) == [found]


def test_marks_are_means_of_the_answered() -> None:
    one, other = ({"agent": (5, 5), "solved": (1, 1)}, {"agent": (3, 5)})
    asked = [Survey(call=str(n), at=NOON, answers=a) for n, a in enumerate((one, other, {}))]
    assert surveys.marks(asked) == [
        Marks(question="agent", count=2, mean=0.8),
        Marks(question="solved", count=1, mean=1.0),
    ]


def test_reports_tell_answers_apart_as_the_stays_that_they_are_about(db: Database) -> None:
    for call, agents in (("c1", ("anna", "boris")), ("c2", ("anna",)), ("c3", ("anna",))):
        for minutes, agent in zip((9, 5), agents, strict=False):
            talked(db, call, agent, minutes)
        begun(db, call, "")
    surveys.answer(db, "c1", "solved", 1, 1, NOON)
    surveys.answer(db, "c2", "solved", 0, 1, NOON)
    surveys.answer(db, "c2", "agent", 4, 5, NOON)
    rules = Rules("Europe/Minsk", lambda _: 0)
    chosen = Chosen(since=micros(NOON - DAY), until=micros(NOON + DAY))
    found = survey_report.surveyed(db, chosen, "agent", rules)
    assert found == {
        "anna": Surveyed(2, 1, {"agent": (1, 0.8), "solved": (1, 0.0)}),
        "boris": Surveyed(1, 1, {"solved": (1, 1.0)}),
    }
    assert Surveyed.of(found.values()).marks["solved"] == (2, 0.5)
    for value, one in found.items():
        opened = replace(chosen, among={"agent": value}, what="surveyed")
        assert len(queue_report.stays(db, opened, rules, 10)) == one.asked
