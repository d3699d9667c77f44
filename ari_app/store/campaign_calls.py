"""The calls of campaigns: who is called next, and what came of it.

At most once: an attempt is stored before the phone rings, and a person who answers is stored as
reached before the first word is played. Of an attempt whose end was not heard, as when the
application died, no one knows what was played, so that number is not called again.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store.campaigns import Campaign, end_if_over, in_window, left_in_minute, running
from ari_app.store.sqlite import Database
from ari_app.store.times import micros

Outcome: TypeAlias = Literal["answered", "machine", "busy", "no-answer", "failed"]
"""What came of an attempt."""

_KEY = re.compile(r"campaign-(\d+)-(\+?\d+)-(\d+)")


class Attempt(Struct, frozen=True):
    """An attempt to call a number; ``attempt`` counts them from 1."""

    campaign: int
    number: str
    attempt: int

    @property
    def key(self) -> str:
        """Names it in Asterisk, where it is the id of its channel."""
        return f"campaign-{self.campaign}-{self.number}-{self.attempt}"


class Begun(Struct, frozen=True):
    """An attempt that begins: with which flow, and whether a machine gets a message."""

    attempt: Attempt
    flow: str
    for_machines: bool


class Message(Struct, frozen=True):
    """The prompt that an answering machine gets, and the language that its owner last chose, "" if
    unknown."""

    prompt: str
    language: str


def of_key(key: str) -> Attempt | None:
    """The attempt that a key names."""
    found = _KEY.fullmatch(key)
    return Attempt(int(found[1]), found[2], int(found[3])) if found else None


def begin(db: Database, at: datetime, room: int) -> list[Begun]:
    """Begin attempts that are due at a time, which is in the site's time zone, at most ``room``.
    A campaign of which nothing is left has ended."""
    begun: list[Begun] = []
    for campaign in running(db, calls=True):
        if in_window(campaign, at.hour * 60 + at.minute):
            limit = min(max(0, room - len(begun)), left_in_minute(db, campaign, at))
            begun += [
                Begun(one, campaign.flow, bool(campaign.machine))
                for one in _next(db, campaign, at, limit)
            ]
        end_if_over(db, campaign.id)
    return begun


def any_open(db: Database) -> bool:
    """Whether a campaign runs that calls, or a number is being called."""
    row = db.conn.execute(
        "select exists (select 1 from campaigns where state = 'running' and flow <> '')"
        " or exists (select 1 from campaign_targets where state = 'calling')"
    ).fetchone()
    return bool(row[0])


def settle(db: Database, one: Attempt, outcome: Outcome, at: datetime, call: str = "") -> bool:
    """What came of an attempt; ``call`` is that of the call log. False if it is over already: then
    nothing is to be played."""
    campaign = {"campaign": one.campaign}
    (machine, tries, pause, state) = db.conn.execute(
        "select machine, tries, pause, state from campaigns where id = :campaign", campaign
    ).fetchone()
    again = (
        outcome != "answered"
        and not (outcome == "machine" and machine)
        and one.attempt < tries
        and state in ("running", "paused")
    )
    done = db.conn.execute(
        "update campaign_targets set state = iif(:again, iif(number in (select number"
        " from no_campaigns), 'stopped', 'waiting'), :outcome), due = :due, call = :call"
        " where campaign = :campaign and number = :number and attempts = :attempt"
        " and state = 'calling'",
        {
            **campaign,
            "number": one.number,
            "attempt": one.attempt,
            "again": again,
            "outcome": outcome,
            "due": micros(at + timedelta(minutes=pause)) if again else 0,
            "call": call,
        },
    )
    return done.rowcount == 1


def message(db: Database, one: Attempt) -> Message:
    """What an answering machine gets."""
    row = db.conn.execute(
        "select machine, coalesce((select language from subscribers where msisdn = ?), '')"
        " from campaigns where id = ?",
        (one.number, one.campaign),
    ).fetchone()
    return Message(*row)


def give_up(db: Database, known: Collection[str], before: datetime) -> int:
    """Attempts that began before a time, and whose channels are not among the ``known``: what came
    of them was not heard. Returns how many."""
    rows = db.conn.execute(
        "select campaign, number, attempts from campaign_targets"
        " where state = 'calling' and at < ?",
        (micros(before),),
    ).fetchall()
    lost = [one for one in (Attempt(*row) for row in rows) if one.key not in known]
    db.conn.executemany(
        "update campaign_targets set state = 'unknown' where campaign = ? and number = ?",
        [(one.campaign, one.number) for one in lost],
    )
    return len(lost)


def _next(db: Database, campaign: Campaign, at: datetime, limit: int) -> list[Attempt]:
    """The next numbers, marked as being called."""
    rows = db.conn.execute(
        "select number, attempts + 1 from campaign_targets"
        " where campaign = ? and state = 'waiting' and due <= ? order by due limit ?",
        (campaign.id, micros(at), limit),
    ).fetchall()
    found = [Attempt(campaign.id, *row) for row in rows]
    db.conn.executemany(
        "update campaign_targets set state = 'calling', attempts = ?, at = ?"
        " where campaign = ? and number = ?",
        [(one.attempt, micros(at), one.campaign, one.number) for one in found],
    )
    return found
