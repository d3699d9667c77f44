"""The calls of campaigns: who is called next, and what came of it.

At most once: an attempt is stored before the phone rings, and a person who answers is stored as
reached before the first word is played. Of an attempt whose end was not heard, as when the
application died, no one knows what was played, so that number is not called again.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct, json

from ari_app.store.campaigns import in_window, left_in_minute, running
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


def due(
    db: Database, at: datetime, flows: Collection[str], engaged: Collection[str]
) -> Begun | None:
    """The next attempt that may begin at a time, which is in the site's time zone.

    Only campaigns that call with one of the ``flows`` count. A number that is ``engaged``, or that
    any campaign is calling, keeps its place and waits: no attempt is counted."""
    for campaign in running(db, calls=True):
        allowed = campaign.flow in flows and in_window(campaign, at.hour * 60 + at.minute)
        if allowed and left_in_minute(db, campaign, at):
            row = db.conn.execute(
                "select number, attempts + 1"
                " from campaign_targets as one indexed by campaign_targets_waiting"
                " where campaign = ? and state = 'waiting' and due <= ?"
                " and number not in (select value from json_each(?)) and not exists ("
                "  select 1 from campaign_targets as other"
                "  where other.number = one.number and other.state = 'calling')"
                " order by due limit 1",
                (campaign.id, micros(at), json.encode(sorted(engaged)).decode()),
            ).fetchone()
            if row:
                return Begun(Attempt(campaign.id, *row), campaign.flow, bool(campaign.machine))
    return None


def begin(
    db: Database, at: datetime, flows: Collection[str], engaged: Collection[str]
) -> Begun | None:
    """Mark the attempt that is :func:`due` as being made. One at a time, each before its phone
    rings: a fault leaves all others waiting."""
    begun = due(db, at, flows, engaged)
    if begun is not None:
        one = begun.attempt
        db.conn.execute(
            "update campaign_targets set state = 'calling', attempts = ?, at = ?"
            " where campaign = ? and number = ?",
            (one.attempt, micros(at), one.campaign, one.number),
        )
    return begun


def any_open(db: Database) -> bool:
    """Whether a campaign runs that calls, or a number is being called."""
    row = db.conn.execute(
        "select exists (select 1 from campaigns where state = 'running' and flow <> '')"
        " or exists (select 1 from campaign_targets where state = 'calling')"
    ).fetchone()
    return bool(row[0])


def calling(db: Database) -> frozenset[str]:
    """The numbers that are being called."""
    rows = db.conn.execute("select number from campaign_targets where state = 'calling'")
    return frozenset(number for (number,) in rows)


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


def unheard(db: Database, known: Collection[str], before: datetime) -> list[Attempt]:
    """Attempts that began before a time, and whose channels are not among the ``known``."""
    rows = db.conn.execute(
        "select campaign, number, attempts from campaign_targets"
        " where state = 'calling' and at < ?",
        (micros(before),),
    ).fetchall()
    return [one for one in (Attempt(*row) for row in rows) if one.key not in known]


def give_up(db: Database, known: Collection[str], before: datetime) -> int:
    """What came of those attempts is not known. Returns how many there are."""
    lost = unheard(db, known, before)
    db.conn.executemany(
        "update campaign_targets set state = 'unknown' where campaign = ? and number = ?",
        [(one.campaign, one.number) for one in lost],
    )
    return len(lost)
