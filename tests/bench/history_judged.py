"""What callers said and supervisors scored of the conversations of a history."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

from ari_app.store import quality, surveys
from ari_app.store.sqlite import Database
from ari_app.store.times import moment
from ivr.acd.figures import Stay
from ivr.quality.card import Question, ScoreCard, Section
from ivr.quality.score import Score
from ivr.quality.scoring import Answer

ASKED, SCORED, BY_TEXT = 0.2, 0.05, 0.3
"""The parts of the conversations that callers were asked about, and that were scored; the part of
those asked who were asked by text."""
QUESTIONS = {"solved": 2, "agent": 5}
"""The questions to callers, and their best marks."""
CARD = ScoreCard(
    title={"en": "Conversation"},
    sections=(
        Section(
            title={"en": "All of it"},
            questions=(
                Question(name="greeting", asks={"en": "Greeted?"}, optional=True),
                Question(name="solution", asks={"en": "Solved?"}, kind="scale", weight=3),
                Question(name="data", asks={"en": "Kept data to themselves?"}, fatal=True),
            ),
        ),
    ),
)
SCORERS = ("vera", "oleg")


def put_judged(db: Database, stays: Iterable[Stay], chance: Random) -> None:
    """What callers said of some of the stays, and supervisors scored."""
    for stay in stays:
        if stay.answered is None or stay.ended is None:
            continue
        if stay.call and chance.random() < ASKED:
            _survey(db, stay, chance)
        scorers = SCORERS if chance.random() < 0.2 else SCORERS[:1]
        for scorer in scorers if chance.random() < SCORED else ():
            _score(db, stay, scorer, chance)


def _survey(db: Database, stay: Stay, chance: Random) -> None:
    at = moment(stay.ended or 0)
    if not surveys.begin(db, stay.call, stay.number, stay.subscriber, at, at, 1.0):
        return
    by_text = chance.random() < BY_TEXT
    if by_text:
        db.conn.execute("update surveys set way = 'text' where call = ?", (stay.call,))
    for question, best in QUESTIONS.items():
        if chance.random() < (0.3 if by_text else 0.7):
            mark = chance.randrange(1, best + 1)
            surveys.answer(db, stay.call, question, mark, best, at + timedelta(seconds=9))


def _score(db: Database, stay: Stay, scorer: str, chance: Random) -> None:
    answers = {
        "greeting": Answer(chance.choice((None, 0, 1, 1))),
        "solution": Answer(chance.randrange(6)),
        "data": Answer(int(chance.random() < 0.9)),
    }
    score = Score(
        stay=stay.id,
        called=moment(stay.joined),
        agent=stay.agent,
        scorer=scorer,
        at=moment(stay.ended or 0) + timedelta(hours=1),
        card=CARD,
        answers=answers,
    )
    id = quality.put(db, score)
    if chance.random() < 0.5:
        quality.acknowledge(db, id, stay.agent, score.at, "", score.at)
