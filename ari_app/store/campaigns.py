"""Campaigns: one text to each subscriber of areas or tariffs, within hours of the day.

A number gets the text of a campaign once: its targets are fixed when it is added, and the text goes
into the outbox in the transaction that marks the target as sent.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct, json

from ari_app.store import outbox
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

State: TypeAlias = Literal["running", "paused", "ended", "cancelled"]

_COLUMNS = "id, name, texts, areas, tariffs, first, last, rate, created, author, state"
_CHOSEN = """
    from subscribers left join accounts on accounts.subscriber = subscribers.id
    where (:areas = '[]' or area in (select value from json_each(:areas)))
    and (:tariffs = '[]' or tariff in (select value from json_each(:tariffs)))
"""
_STOPPED = "exists (select 1 from no_campaigns where no_campaigns.number = {column})"
_MINUTE = timedelta(minutes=1)

Language: TypeAlias = Callable[[Mapping[str, str], str], str]
"""Which text a subscriber gets: of the texts by language, for the language last chosen."""


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign. ``texts``: language -> text. ``areas``, ``tariffs``: whose subscribers get it;
    empty for all. ``first``, ``last``: from and until which minute of the day texts are sent, in
    the site's time zone; ``rate``: how many in a minute at most. ``by``: who added it."""

    id: int = 0
    name: str
    texts: Mapping[str, str]
    areas: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    first: int = 9 * 60
    last: int = 20 * 60
    rate: int = 60
    created: datetime
    by: str
    state: State = "running"


class Reach(Struct, frozen=True, kw_only=True):
    """How many numbers a campaign is for, and what became of them. ``stopped``: want none."""

    waiting: int = 0
    sent: int = 0
    stopped: int = 0
    cancelled: int = 0


def audience(db: Database, new: Campaign) -> Reach:
    """Whom a campaign that is not added yet would reach."""
    stopped = _STOPPED.format(column="msisdn")
    all_of_them, refused = db.conn.execute(
        f"select count(*), coalesce(sum({stopped}), 0) {_CHOSEN}", _audience(new)
    ).fetchone()
    return Reach(waiting=all_of_them - refused, stopped=refused)


def add(db: Database, new: Campaign) -> int | None:
    """Add a campaign with its targets; returns its id, None if the name was used before."""
    texts = json.encode(new.texts).decode()
    chosen = _audience(new)
    added = db.conn.execute(
        f"insert into campaigns ({_COLUMNS.removeprefix('id, ')})"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        (
            *(new.name, texts, chosen["areas"], chosen["tariffs"], new.first, new.last, new.rate),
            *(micros(new.created), new.by, new.state),
        ),
    )
    if added.rowcount != 1:
        return None
    stopped = _STOPPED.format(column="msisdn")
    db.conn.execute(
        "insert into campaign_targets (campaign, number, subscriber, state)"
        f" select :campaign, msisdn, subscribers.id, iif({stopped}, 'stopped', 'waiting')"
        f" {_CHOSEN}",
        {**chosen, "campaign": added.lastrowid},
    )
    return added.lastrowid


def by_name(db: Database, name: str) -> Campaign | None:
    """The campaign of a name."""
    return next(iter(_found(db, "where name = ?", name)), None)


def listed(db: Database, limit: int) -> list[Campaign]:
    """The last campaigns, the newest first."""
    return _found(db, "order by id desc limit ?", limit)


def reach(db: Database, campaign: int) -> Reach:
    """What became of a campaign's targets."""
    rows = db.conn.execute(
        "select state, count(*) from campaign_targets where campaign = ? group by state",
        (campaign,),
    )
    return Reach(**dict(rows.fetchall()))


def set_state(db: Database, campaign: int, state: State) -> bool:
    """Pause, resume or cancel a campaign; False if it is over, or in that state already."""
    done = db.conn.execute(
        "update campaigns set state = ? where id = ? and state in ('running', 'paused')"
        " and state <> ?",
        (state, campaign, state),
    )
    if done.rowcount == 1 and state == "cancelled":
        outbox.drop_waiting(db, f"campaign:{campaign}:*")
        db.conn.execute(
            "update campaign_targets set state = 'cancelled'"
            " where campaign = ? and state = 'waiting'",
            (campaign,),
        )
    return done.rowcount == 1


def any_running(db: Database) -> bool:
    """Whether a campaign is running."""
    row = db.conn.execute("select 1 from campaigns where state = 'running' limit 1").fetchone()
    return row is not None


def post_due(db: Database, at: datetime, language: Language) -> int:
    """Post the texts that running campaigns may send at a time, which is in the site's time zone;
    returns how many. A campaign without waiting targets has ended."""
    posted = 0
    minute = at.hour * 60 + at.minute
    for campaign in _found(db, "where state = 'running' order by id"):
        if in_window(campaign, minute):
            posted += _post(db, campaign, at, language)
        if not _targets(db, campaign.id, 1):
            db.conn.execute("update campaigns set state = 'ended' where id = ?", (campaign.id,))
    return posted


def stop(db: Database, number: str, way: str, at: datetime) -> bool:
    """A number wants no campaigns any more, as it said by a ``way``: ``text`` or ``command``.
    False if that was known."""
    number = db.numbers.msisdn(number) or number
    new = db.conn.execute(
        "insert into no_campaigns (number, at, way) values (?, ?, ?) on conflict do nothing",
        (number, micros(at), way),
    )
    db.conn.execute(
        "update campaign_targets set state = 'stopped' where number = ? and state = 'waiting'",
        (number,),
    )
    outbox.drop_waiting(db, "campaign:*", number)
    return new.rowcount == 1


def allow(db: Database, number: str) -> bool:
    """A number wants campaigns again; False if it did not refuse them."""
    number = db.numbers.msisdn(number) or number
    return db.conn.execute("delete from no_campaigns where number = ?", (number,)).rowcount == 1


def in_window(campaign: Campaign, minute: int) -> bool:
    """Whether a minute of the day is within the campaign's hours, which may go over midnight."""
    if campaign.first < campaign.last:
        return campaign.first <= minute < campaign.last
    return minute >= campaign.first or minute < campaign.last


def _post(db: Database, campaign: Campaign, at: datetime, language: Language) -> int:
    """Post as many texts as the rate leaves in the minute that ends now."""
    (sent,) = db.conn.execute(
        "select count(*) from campaign_targets where campaign = ? and at > ?",
        (campaign.id, micros(at - _MINUTE)),
    ).fetchone()
    targets = _targets(db, campaign.id, max(0, campaign.rate - sent))
    until = _window_end(campaign, at)
    for number, chosen in targets:
        text = language(campaign.texts, chosen)
        outbox.post(db, f"campaign:{campaign.id}:{number}", number, text, "", at, until)
        db.conn.execute(
            "update campaign_targets set state = 'sent', at = ? where campaign = ? and number = ?",
            (micros(at), campaign.id, number),
        )
    return len(targets)


def _window_end(campaign: Campaign, at: datetime) -> datetime:
    """When the campaign's hours end in which a time lies: a text that is not delivered until then
    is not delivered at night."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(minutes=campaign.last)
    return end if end > at else end + timedelta(days=1)


def _targets(db: Database, campaign: int, limit: int) -> list[tuple[str, str]]:
    """The next numbers that wait, each with the language last chosen."""
    return db.conn.execute(
        "select number, coalesce((select language from subscribers where id = subscriber), '')"
        " from campaign_targets where campaign = ? and state = 'waiting' limit ?",
        (campaign, limit),
    ).fetchall()


def _audience(one: Campaign) -> dict[str, str]:
    return {"areas": _json(one.areas), "tariffs": _json(one.tariffs)}


def _json(names: tuple[str, ...]) -> str:
    return json.encode(names).decode()


def _found(db: Database, tail: str, *values: object) -> list[Campaign]:
    rows = db.conn.execute(f"select {_COLUMNS} from campaigns {tail}", values).fetchall()
    return [
        Campaign(
            id=id,
            name=name,
            texts=json.decode(texts, type=dict[str, str]),
            areas=json.decode(areas, type=tuple[str, ...]),
            tariffs=json.decode(tariffs, type=tuple[str, ...]),
            first=first,
            last=last,
            rate=rate,
            created=moment(created),
            by=author,
            state=state,
        )
        for id, name, texts, areas, tariffs, first, last, rate, created, author, state in rows
    ]
