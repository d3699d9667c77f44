"""Surveys after calls: who was asked, and what they answered.

An answer is about the last conversation before it: the last stay of its call in a queue that was
answered.
"""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

TALK = """(select id from queue_calls where queue_calls.call = surveys.call
    and queue_calls.call <> ''
    and answered is not null and answered <= surveys.at order by answered desc limit 1)"""
"""The stay that a survey is about, as SQL."""
_ABOUT = f"""
    from surveys left join queue_calls talk on talk.id = {TALK}
    left join calls on calls.id = surveys.call
"""


class Survey(Struct, frozen=True, kw_only=True):
    """A caller who was asked at a time. ``agent`` (login), ``queue`` and ``topic``: of the
    conversation before; ``flow`` and ``version``: of the menus that the call began with; "" where
    that is unknown. ``way``: asked by ``keys`` or by ``text``. ``answers``: question -> mark and
    best mark."""

    call: str
    at: datetime
    agent: str = ""
    queue: str = ""
    topic: str = ""
    flow: str = ""
    version: str = ""
    way: str = "keys"
    answers: dict[str, tuple[int, int]] = {}


class Marks(Struct, frozen=True, kw_only=True):
    """The answers to a question: how many, and their mean, as a part of the best mark (0 to 1)."""

    question: str
    count: int
    mean: float


def begin(
    db: Database,
    call: str,
    number: str,
    subscriber: int | None,
    at: datetime,
    since: datetime,
    share: float,
) -> bool:
    """Whether the caller is asked, which is stored then: those who were not asked since a time,
    and of them a ``share`` from 0 to 1. The same call again gives the same answer."""
    asked = "select 1 from surveys where call = ?"
    if db.conn.execute(asked, (call,)).fetchone():
        return True
    number = db.numbers.msisdn(number) or number
    before = db.conn.execute(
        "select 1 from surveys where number = ? and number <> '' and at >= ?"
        " union all select 1 from surveys where subscriber = ? and at >= ? limit 1",
        (number, micros(since), subscriber, micros(since)),
    ).fetchone()
    if before or not drawn(call, share):
        return False
    db.conn.execute(
        "insert into surveys (call, at, number, subscriber) values (?, ?, ?, ?)",
        (call, micros(at), number, subscriber),
    )
    return True


def answer(db: Database, call: str, question: str, mark: int, best: int, at: datetime) -> None:
    """Store the answer to a question, ``mark`` of ``best``; the last one counts."""
    db.conn.execute(
        "insert into survey_answers (call, question, mark, best, at) values (?, ?, ?, ?, ?)"
        " on conflict (call, question) do update set mark = excluded.mark,"
        " best = excluded.best, at = excluded.at",
        (call, question, mark, best, micros(at)),
    )


def between(
    db: Database, since: datetime, until: datetime, agent: str = "", queue: str = ""
) -> list[Survey]:
    """The callers who were asked about conversations for which they joined in a time, or were asked
    then without one, the oldest first; those of an agent or a queue."""
    rows = db.conn.execute(
        "select surveys.call, surveys.at, coalesce(talk.agent, ''), coalesce(talk.queue, ''),"
        " coalesce(talk.topic, ''), coalesce(calls.flow, ''), coalesce(calls.version, ''),"
        " surveys.way"
        f"{_ABOUT} where surveys.at >= ? and coalesce(talk.joined, surveys.at) >= ?"
        " and coalesce(talk.joined, surveys.at) < ?"
        " and ? in ('', talk.agent) and ? in ('', talk.queue) order by surveys.at, surveys.call",
        (micros(since), micros(since), micros(until), agent, queue),
    ).fetchall()
    answered = _answers(db, [call for call, *_ in rows])
    return [
        Survey(
            call=call,
            at=moment(at),
            agent=agent,
            queue=queue,
            topic=topic,
            flow=flow,
            version=version,
            way=way,
            answers=answered.get(call, {}),
        )
        for call, at, agent, queue, topic, flow, version, way in rows
    ]


def _answers(db: Database, calls: Collection[str]) -> dict[str, dict[str, tuple[int, int]]]:
    asked = "select question, mark, best from survey_answers where call = ?"
    return {
        call: {question: (mark, best) for question, mark, best in db.conn.execute(asked, (call,))}
        for call in calls
    }


def marks(surveys: Collection[Survey]) -> list[Marks]:
    """The marks by question, in the order of their names."""
    given: dict[str, list[float]] = {}
    for survey in surveys:
        for question, (mark, best) in survey.answers.items():
            given.setdefault(question, []).append(mark / best)
    return [
        Marks(question=question, count=len(parts), mean=sum(parts) / len(parts))
        for question, parts in sorted(given.items())
    ]


def drawn(call: str, share: float) -> bool:
    """Whether a call is among a share of all; always the same for a call."""
    return int.from_bytes(sha256(call.encode()).digest()[:8]) < share * 2**64
