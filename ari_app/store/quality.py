"""Scores that supervisors gave to conversations, as :mod:`ivr.quality.scoring` defines them.

A score is of one stay in a queue, by one supervisor. With a ``calibration`` it is for comparing
alone: its agent does not see it, and it counts in no figure.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.quality.card import ScoreCard
from ivr.quality.sample import Candidate
from ivr.quality.score import Calibration, Score, Sums
from ivr.quality.scoring import Answer, part, scored

_CARD = msgspec.json.Decoder(ScoreCard)
_COLUMNS = (
    "scores.id, stay, called, agent, scorer, at, share, failed, comment, calibration, seen, reply,"
    " score_cards.card"
)
_FROM = "from scores join score_cards on score_cards.hash = scores.card"


def candidates(db: Database, since: int, until: int, least: int) -> list[Candidate]:
    """The conversations that are over and lasted ``least``, of callers who joined in a time, in
    microseconds."""
    rows = db.conn.execute(
        "select id, channel, agent, exists (select 1 from conversations where"
        " conversations.channel = queue_calls.channel and conversations.agent = queue_calls.agent)"
        " from queue_calls where joined >= ? and joined < ? and how = 'answered' and agent <> ''"
        " and ended - answered >= ?",
        (since, until, least),
    )
    return [Candidate(stay, channel, agent, bool(one)) for stay, channel, agent, one in rows]


def scored_stays(db: Database, since: int, until: int) -> list[int]:
    """The stays that have a score, of callers who joined in a time, in microseconds; without
    calibrations."""
    rows = db.conn.execute(
        "select stay from scores where called >= ? and called < ?"
        " and calibration is null group by stay order by min(called), stay",
        (since, until),
    )
    return [stay for (stay,) in rows]


def put(db: Database, score: Score) -> int:
    """Store a score in place of an earlier one of the same scorer; returns its id."""
    hash = _put_card(db, score.card)
    made = scored(score.card, score.answers)
    [(id,)] = db.conn.execute(
        "insert into scores (stay, called, agent, card, scorer, at, share, failed, comment,"
        " calibration) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (stay, scorer, coalesce(calibration, 0)) do update set card = excluded.card,"
        " at = excluded.at, share = excluded.share, failed = excluded.failed,"
        " comment = excluded.comment, seen = null returning id",
        (
            *(score.stay, micros(score.called), score.agent, hash, score.scorer, micros(score.at)),
            *(made.share, bool(made.failed), score.comment, score.calibration),
        ),
    ).fetchall()
    db.conn.execute("delete from score_answers where score = ?", (id,))
    db.conn.executemany(
        "insert into score_answers (score, question, mark, part, note) values (?, ?, ?, ?, ?)",
        [
            (id, one.name, answer.mark, part(one, answer), answer.note)
            for one in score.card.questions
            for answer in [score.answers[one.name]]
        ],
    )
    return int(id)


def of_stays(db: Database, stays: Iterable[int]) -> list[Score]:
    """The scores of stays, those of calibrations too."""
    asked = f"select {_COLUMNS} {_FROM} where stay = ? order by at, scores.id"
    return _scores(db, [row for stay in stays for row in db.conn.execute(asked, (stay,))])


def of_agent(db: Database, agent: str, limit: int) -> list[Score]:
    """The last scores that an agent may see, the newest first."""
    rows = db.conn.execute(
        f"select {_COLUMNS} {_FROM} where agent = ? and calibration is null"
        " order by at desc, scores.id desc limit ?",
        (agent, limit),
    )
    return _scores(db, rows.fetchall())


def recent(
    db: Database, since: datetime, until: datetime, limit: int, agent: str = ""
) -> list[Score]:
    """The last scores that were given in a time, the newest first, without calibrations; with
    ``agent`` those of one."""
    mine, values = ("and agent = ?", (agent,)) if agent else ("", ())
    rows = db.conn.execute(
        f"select {_COLUMNS} {_FROM} where at >= ? and at < ? and calibration is null {mine}"
        " order by at desc, scores.id desc limit ?",
        (micros(since), micros(until), *values, limit),
    )
    return _scores(db, rows.fetchall())


def by_id(db: Database, id: int) -> Score | None:
    """The score of an id."""
    found = db.conn.execute(f"select {_COLUMNS} {_FROM} where scores.id = ?", (id,)).fetchall()
    return next(iter(_scores(db, found)), None)


def acknowledge(
    db: Database, id: int, agent: str, given: datetime, reply: str, at: datetime
) -> bool:
    """The agent of a score has read it, as it was ``given`` at a moment, and says something about
    it or "". False if it is not theirs, was changed since, or is acknowledged already."""
    done = db.conn.execute(
        "update scores set seen = ?, reply = ? where id = ? and agent = ? and calibration is null"
        " and at = ? and seen is null",
        (micros(at), reply, id, agent, micros(given)),
    )
    return done.rowcount == 1


def sums_by_agent(db: Database, since: int, until: int) -> dict[str, Sums]:
    """What was scored of calls in a time, by agent; see :class:`ivr.quality.score.Sums`."""
    rows = db.conn.execute(
        "select agent, count(*), avg(share), sum(failed), sum(seen is not null) from scores"
        " where called >= ? and called < ? and calibration is null group by agent",
        (since, until),
    )
    return _sums(rows)


def sums_by_question(db: Database, since: int, until: int, agent: str = "") -> dict[str, Sums]:
    """The same by question: ``zero`` is how often it had the worst mark, ``other`` how often it did
    not apply. Only of an agent, if one is given."""
    rows = db.conn.execute(
        "select question, count(part), avg(part), coalesce(sum(part = 0), 0),"
        " sum(part is null) from scores"
        " join score_answers on score = scores.id where called >= ? and called < ?"
        " and calibration is null and ? in ('', agent) group by question",
        (since, until, agent),
    )
    return _sums(rows)


def words_of_questions(db: Database, since: int, until: int) -> dict[str, Mapping[str, str]]:
    """What was asked, by question and language, in the scores of calls in a time: as in the card
    that was used last."""
    rows = db.conn.execute(
        "select score_cards.card, max(at) from scores"
        " join score_cards on score_cards.hash = scores.card where called >= ? and called < ?"
        " and calibration is null group by score_cards.hash, score_cards.card order by 2",
        (since, until),
    )
    cards = [_CARD.decode(card) for card, _ in rows]
    return {one.name: one.asks for card in cards for one in card.questions}


def begin_calibration(
    db: Database, stay: int, card: ScoreCard, author: str, scorers: Sequence[str], at: datetime
) -> int:
    """Have several score a conversation; returns the id of the calibration."""
    [(id,)] = db.conn.execute(
        "insert into calibrations (stay, card, author, at) values (?, ?, ?, ?) returning id",
        (stay, _put_card(db, card), author, micros(at)),
    ).fetchall()
    db.conn.executemany(
        "insert into calibration_scorers (calibration, scorer) values (?, ?)",
        [(id, scorer) for scorer in scorers],
    )
    return int(id)


def calibration(db: Database, id: int) -> Calibration | None:
    """The calibration of an id, with the scores that are there."""
    return next(iter(_calibrations(db, "where calibrations.id = ?", id)), None)


def calibrations(db: Database, limit: int) -> list[Calibration]:
    """The last calibrations, the newest first."""
    return _calibrations(db, "order by calibrations.id desc limit ?", limit)


def _calibrations(db: Database, tail: str, *values: object) -> list[Calibration]:
    rows = db.conn.execute(
        "select id, stay, coalesce((select agent from scores where calibration = calibrations.id),"
        " (select agent from queue_calls where queue_calls.id = stay), ''), score_cards.card,"
        " author, at from calibrations"
        f" join score_cards on score_cards.hash = calibrations.card {tail}",
        values,
    ).fetchall()
    scorers = "select scorer from calibration_scorers where calibration = ? order by scorer"
    scores = f"select {_COLUMNS} {_FROM} where calibration = ? order by scorer"
    return [
        Calibration(
            id=id,
            stay=stay,
            agent=agent,
            card=_CARD.decode(card),
            author=author,
            at=moment(at),
            scorers=tuple(name for (name,) in db.conn.execute(scorers, (id,))),
            scores=tuple(_scores(db, db.conn.execute(scores, (id,)).fetchall())),
        )
        for id, stay, agent, card, author, at in rows
    ]


def _put_card(db: Database, card: ScoreCard) -> str:
    """Keep a card as it is now: scores refer to it by its hash."""
    text = msgspec.json.encode(card).decode()
    hash = hashlib.sha256(text.encode()).hexdigest()
    db.conn.execute("insert into score_cards values (?, ?) on conflict do nothing", (hash, text))
    return hash


def _scores(db: Database, rows: Iterable[tuple[Any, ...]]) -> list[Score]:
    return [_score(db, *row) for row in rows]


def _score(db: Database, id: int, stay: int, called: int, agent: str, *rest: Any) -> Score:
    scorer, at, share, failed, comment, calibration, seen, reply, card = rest
    asked = "select question, mark, note from score_answers where score = ?"
    return Score(
        id=id,
        stay=stay,
        called=moment(called),
        agent=agent,
        scorer=scorer,
        at=moment(at),
        card=_CARD.decode(card),
        answers={name: Answer(*given) for name, *given in db.conn.execute(asked, (id,))},
        share=share,
        failed=bool(failed),
        comment=comment,
        calibration=calibration,
        seen=None if seen is None else moment(seen),
        reply=reply,
    )


def _sums(rows: Iterable[tuple[Any, ...]]) -> dict[str, Sums]:
    return {
        name: Sums(count=count, mean=mean, zero=zero or 0, other=other or 0)
        for name, count, mean, zero, other in rows
    }
