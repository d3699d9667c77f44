"""Surveys by text: callers who hung up before they could be asked by keys, and their replies."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store import outbox, surveys
from ari_app.store.sqlite import Database
from ari_app.store.times import micros

QUESTION, BEST = "agent", 5
"""The question of the text, the same as by keys, and its best mark; the worst one is 1."""
LATEST = timedelta(hours=12)
"""How long after the call began the text is sent at most."""
REMEMBERED = timedelta(days=7)
"""How long a mark that comes too late is still known to be one."""

Reply: TypeAlias = Literal["thanks", "wrong", "late"]
"""What a text was as the reply to a survey: an answer, none that is understood, one too late."""


class Unasked(Struct, frozen=True):
    """A call whose caller was not asked. ``language``: the one last chosen, else of the call."""

    call: str
    number: str
    subscriber: int | None
    language: str


def unasked(
    db: Database, now: datetime, since: datetime, share: float, *, phones: bool
) -> list[Unasked]:
    """The callers who are to be asked by text, the first call first: those who spoke to an agent
    in a call that is over and has no survey, were not asked ``since`` a time, belong to the
    ``share``, refused no texts, and whose number gets texts (``phones``: by a SIP account)."""
    rows = db.conn.execute(
        "select calls.id, caller, calls.subscriber, sip_user > '',"
        " coalesce(nullif(people.language, ''), calls.language)"
        " from calls left join subscribers people on people.msisdn = caller"
        " where began >= :oldest and ended is not null and caller <> ''"
        " and exists (select 1 from queue_calls where call = calls.id and call <> ''"
        " and answered is not null)"
        " and not exists (select 1 from surveys where call = calls.id)"
        " and not exists (select 1 from surveys where number = caller and number <> ''"
        " and at >= :since)"
        " and not exists (select 1 from surveys where surveys.subscriber = calls.subscriber"
        " and at >= :since)"
        " and not exists (select 1 from no_campaigns where number = caller) order by began",
        {"oldest": micros(now - LATEST), "since": micros(since)},
    ).fetchall()
    return [
        Unasked(call, number, subscriber, language)
        for call, number, subscriber, has_phone, language in rows
        if (has_phone if phones else db.numbers.gets_texts(number)) and surveys.drawn(call, share)
    ]


def ask(
    db: Database,
    callers: Collection[Unasked],
    text: Callable[[str], str],
    now: datetime,
    since: datetime,
    until: datetime,
) -> int:
    """Ask callers with a ``text`` in their language, once each; returns how many texts. A reply
    counts ``until`` a time, after which the text is not sent either."""
    return sum(_ask(db, one, text(one.language), now, since, until) for one in callers)


def _ask(
    db: Database, one: Unasked, text: str, now: datetime, since: datetime, until: datetime
) -> bool:
    if not surveys.begin(db, one.call, one.number, one.subscriber, now, since, share=1.0):
        return False
    db.conn.execute(
        "update surveys set way = 'text', until = ? where call = ?", (micros(until), one.call)
    )
    return outbox.post(db, f"survey:{one.call}", one.number, text, one.call, now, until)


def expects(db: Database, number: str, now: datetime) -> bool:
    """Whether a text of a number may be a reply."""
    return bool(_sent_to(db, number, now))


def reply(db: Database, number: str, text: str, now: datetime) -> Reply | None:
    """Take a text as the reply to the survey that was sent to a number last; None if it is none.

    An answer counts once. Another text, or a mark too late, is explained once; what comes then is
    a text as any other, unless it is an answer in time.
    """
    for call, until, explained in _sent_to(db, number, now):
        in_time, mark = micros(now) <= until, _mark(text)
        if in_time and mark is not None:
            surveys.answer(db, call, QUESTION, mark, BEST, now)
            return "thanks"
        if not explained and (in_time or mark is not None):
            db.conn.execute("update surveys set explained = 1 where call = ?", (call,))
            return "wrong" if in_time else "late"
    return None


def _sent_to(db: Database, number: str, now: datetime) -> Sequence[tuple[str, int, int]]:
    """The last survey that was sent to a number and has no answer: call, until when, explained."""
    number = db.numbers.msisdn(number) or number
    return db.conn.execute(
        "select call, until, explained from surveys where number = ? and number <> ''"
        " and at >= ? and way = 'text'"
        " and not exists (select 1 from survey_answers where call = surveys.call)"
        " and exists (select 1 from outbox where key = 'survey:' || surveys.call"
        " and outbox.state = 'sent') order by at desc limit 1",
        (number, micros(now - REMEMBERED)),
    ).fetchall()


def _mark(text: str) -> int | None:
    digit = text.strip().strip(".!")
    return int(digit) if digit in {str(mark) for mark in range(1, BEST + 1)} else None
