"""What scoring conversations needs, as :mod:`tests.store.every_statement`."""

from collections.abc import Iterator, Mapping

from ari_app.store import quality
from ari_app.store.times import micros
from ivr.quality.score import Score
from ivr.quality.scoring import Answer
from tests.ivr.quality.samples import card
from tests.store.big_ids import AGENT, DAY, NOW, Use

SCORE = Score(
    stay=9,
    called=NOW - DAY,
    agent=AGENT,
    scorer="boss",
    at=NOW,
    card=card(),
    answers={"greeted": Answer(1), "identified": Answer(None), "solved": Answer(4, "slow")},
    comment="Good",
)
_SPAN = micros(NOW - 60 * DAY), micros(NOW)


def scores() -> Iterator[tuple[str, Use]]:
    begin = quality.begin_calibration
    yield "quality.put", lambda db: quality.put(db, SCORE)
    yield "quality.of_stays", lambda db: quality.of_stays(db, [9, 10])
    yield "quality.of_agent", lambda db: quality.of_agent(db, AGENT, 20)
    yield "quality.recent", lambda db: quality.recent(db, NOW - DAY, NOW, 20)
    yield "quality.by_id", lambda db: quality.by_id(db, 5)
    yield "quality.acknowledge", lambda db: quality.acknowledge(db, 5, AGENT, NOW, "", NOW)
    yield (
        "quality.begin_calibration",
        lambda db: begin(db, 9, SCORE.card, "boss", ["boss", "chief"], NOW),
    )
    yield "quality.calibration", lambda db: quality.calibration(db, 5)
    yield "quality.calibrations", lambda db: quality.calibrations(db, 20)


def of_weeks() -> Mapping[str, tuple[str, Use]]:
    why = "it reads the conversations of a week, or the scores of a period"
    sums = quality.sums_by_question
    return {
        "quality.candidates": (why, lambda db: quality.candidates(db, *_SPAN, 30)),
        "quality.scored_stays": (why, lambda db: quality.scored_stays(db, *_SPAN)),
        "quality.sums_by_agent": (why, lambda db: quality.sums_by_agent(db, *_SPAN)),
        "quality.sums_by_question": (why, lambda db: sums(db, *_SPAN)),
        "quality.words_of_questions": (why, lambda db: quality.words_of_questions(db, *_SPAN)),
    }
