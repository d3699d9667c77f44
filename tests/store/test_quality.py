"""Scores in the store: what they are made of, who may see them, and what is left of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.store import conversations, erasure, quality, queue_calls, retention
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.figures import SECOND, Stay
from ivr.quality.score import Sums
from ivr.quality.scoring import Answer
from tests.operators import BELARUS
from tests.store.quality_statements import SCORE
from tests.store.samples import NOON

DAY = timedelta(days=1)
NUMBER = "375990000001"
AT = micros(NOON - DAY)
WORST = {"greeted": Answer(0), "identified": Answer(0, "whose?"), "solved": Answer(5)}


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(Database(sqlite3.connect(":memory:"), BELARUS)) as made:
        MIGRATIONS.apply(made)
        yield made


def talked(db: Database, channel: str, agent: str, seconds: int) -> int:
    """A conversation; returns the id of its stay."""
    stay = Stay(channel=channel, queue="support", number=NUMBER, joined=AT, how="answered")
    end = AT + seconds * SECOND
    queue_calls.put(db, [replace(stay, answered=AT, left=AT, ended=end, agent=agent)])
    return queue_calls.of_channel(db, channel)[0].id


def test_conversations_that_lasted_may_be_scored(db: Database) -> None:
    long = talked(db, "1.1", "anna", 60)
    talked(db, "1.2", "anna", 29)
    other = talked(db, "1.3", "boris", 30)
    talk = conversations.Conversation(
        file="1.wav", at=NOON, channel="1.3", agent="boris", queue="support", number=NUMBER
    )
    conversations.add(db, talk)
    found = quality.candidates(db, AT, AT + 1, 30 * SECOND)
    assert {(one.stay, one.recorded) for one in found} == {(long, False), (other, True)}
    assert quality.candidates(db, AT + 1, AT + 2, 30 * SECOND) == []


def test_a_score_is_kept_with_the_card_as_it_was(db: Database) -> None:
    id = quality.put(db, SCORE)
    found = quality.by_id(db, id)
    assert found == replace(SCORE, id=id, share=(1 + 3 * 0.8) / 4)
    again = quality.put(db, replace(SCORE, answers=WORST))
    [changed] = quality.of_stays(db, [SCORE.stay])
    assert again == id
    assert (changed.share, changed.failed, changed.answers) == (0.0, True, WORST)


def test_an_agent_acknowledges_their_own_scores_alone(db: Database) -> None:
    id = quality.put(db, SCORE)
    assert not quality.acknowledge(db, id, "anna", SCORE.at, "mine", NOON)
    assert quality.acknowledge(db, id, SCORE.agent, SCORE.at, "thanks", NOON)
    assert not quality.acknowledge(db, id, SCORE.agent, SCORE.at, "", NOON), "one reply alone"
    [found] = quality.of_agent(db, SCORE.agent, 5)
    assert (found.seen, found.reply) == (NOON, "thanks")
    later = SCORE.at + timedelta(minutes=1)
    quality.put(db, replace(SCORE, comment="Better now", at=later))
    assert not quality.acknowledge(db, id, SCORE.agent, SCORE.at, "", NOON), "they saw another"
    [changed] = quality.of_agent(db, SCORE.agent, 5)
    assert changed.seen is None, "a changed score is to be read again"
    assert changed.reply == "thanks"
    assert quality.acknowledge(db, id, SCORE.agent, later, "better", NOON)


def test_sums_are_of_the_calls_of_a_time(db: Database) -> None:
    quality.put(db, SCORE)
    quality.put(db, replace(SCORE, stay=10, answers=WORST))
    span = micros(SCORE.called), micros(SCORE.called) + 1
    assert quality.sums_by_agent(db, *span) == {
        SCORE.agent: Sums(count=2, mean=pytest.approx(0.425), zero=1, other=0)  # type: ignore[arg-type]
    }
    by_question = quality.sums_by_question(db, *span, SCORE.agent)
    assert by_question["identified"] == Sums(count=1, mean=0.0, zero=1, other=1)
    assert by_question["greeted"] == Sums(count=2, mean=0.5, zero=1, other=0)
    words = quality.words_of_questions(db, *span)
    assert words == {one.name: one.asks for one in SCORE.card.questions}
    assert quality.sums_by_agent(db, span[1], span[1] + 1) == {}
    assert quality.sums_by_question(db, *span, "nobody") == {}


def test_a_calibration_shows_the_others_when_all_are_done(db: Database) -> None:
    id = quality.begin_calibration(db, 9, SCORE.card, "boss", ["boss", "chief"], NOON)
    quality.put(db, replace(SCORE, calibration=id))
    begun = quality.calibration(db, id)
    assert begun is not None
    assert not begun.complete
    assert begun.agent == SCORE.agent
    assert [one.scorer for one in begun.seen_by("boss")] == ["boss"]
    assert begun.seen_by("chief") == []
    quality.put(db, replace(SCORE, calibration=id, scorer="chief", answers=WORST))
    [done] = quality.calibrations(db, 5)
    assert done.complete
    assert [one.scorer for one in done.seen_by("chief")] == ["boss", "chief"]
    span = micros(SCORE.called), micros(SCORE.called) + 1
    assert quality.sums_by_agent(db, *span) == {}
    assert quality.sums_by_question(db, *span) == {}
    assert quality.of_agent(db, SCORE.agent, 5) == []
    for score in done.scores:
        assert not quality.acknowledge(db, score.id, SCORE.agent, score.at, "", NOON)


def test_what_was_written_about_a_person_is_erased_and_counts_stay(db: Database) -> None:
    stay, other = talked(db, "1.1", "anna", 60), 999
    mine, kept = (quality.put(db, replace(SCORE, stay=one)) for one in (stay, other))
    quality.acknowledge(db, mine, SCORE.agent, SCORE.at, "they shouted", NOON)
    person = erasure.find(db, NUMBER)
    assert person is not None
    report = erasure.erase(db, person, NOON)
    assert ("comments on scores", 1) in report.kept
    found, untouched = quality.by_id(db, mine), quality.by_id(db, kept)
    assert found is not None
    assert untouched is not None
    assert (found.comment, found.reply, found.answers["solved"]) == ("", "", Answer(4))
    assert found.share == untouched.share
    assert (untouched.comment, untouched.answers["solved"].note) == ("Good", "slow")


def test_scores_expire_with_their_calibrations(db: Database) -> None:
    id = quality.begin_calibration(db, 9, SCORE.card, "boss", ["boss"], NOON)
    quality.put(db, replace(SCORE, calibration=id))
    after = SCORE.called + timedelta(seconds=1)
    assert retention.count_expired(db, "scores", SCORE.called) == 0
    assert retention.remove_expired(db, "scores", after, 10) == 1
    for table in ("scores", "score_answers", "calibrations", "calibration_scorers"):
        assert db.conn.execute(f"select count(*) from {table}").fetchone() == (0,), table
