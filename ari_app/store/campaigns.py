"""Campaigns: one text or one call to each subscriber of areas or tariffs, or to numbers of a list,
within hours of the day.

Its targets are fixed when it is added, and each is reached once: a text goes into the outbox in the
transaction that marks the target as sent; of calls see :mod:`ari_app.store.campaign_calls`.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from msgspec import Struct, convert, json

from ari_app.store import outbox
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

State: TypeAlias = Literal["running", "paused", "ended", "cancelled"]

_COLUMNS = (
    "id, name, texts, areas, tariffs, listed, first, last, rate, flow, machine, tries, pause,"
    " created, author, state"
)
_FIELDS = tuple(_COLUMNS.split(", "))
_CHOSEN = """
    from (
        select msisdn, subscribers.id as subscriber
        from subscribers left join accounts on accounts.subscriber = subscribers.id
        where :numbers = '[]'
        and (:areas = '[]' or area in (select value from json_each(:areas)))
        and (:tariffs = '[]' or tariff in (select value from json_each(:tariffs)))
        union all
        select distinct value, subscribers.id
        from json_each(:numbers) left join subscribers on msisdn = value
    ) as chosen
"""
_STOPPED = "exists (select 1 from no_campaigns where no_campaigns.number = msisdn)"
_OVER = """
    where state = 'running' and not exists (
        select 1 from campaign_targets indexed by campaign_targets_waiting
        where campaign = id and campaign_targets.state = 'waiting'
    ) and not exists (
        select 1 from campaign_targets indexed by campaign_targets_calling
        where campaign = id and campaign_targets.state = 'calling'
    )
"""
"""The indexes are named: SQLite would go through all targets by the primary key."""
_MINUTE = timedelta(minutes=1)

Language: TypeAlias = Callable[[Mapping[str, str], str], str]
"""Which text a subscriber gets: of the texts by language, for the language last chosen."""


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign. ``texts``: language -> text. ``areas``, ``tariffs``: whose subscribers get it;
    empty for all; ``listed``: how many numbers it was given instead. ``first``, ``last``: from and
    until which minute of the day texts are sent, in the site's time zone; ``rate``: how many in a
    minute at most. ``by``: who added it.

    ``flow``: what calls begin with, "" if it sends texts; ``machine``: the prompt that answering
    machines get, "" for none; ``tries``: how often a number is called that does not answer, with
    a ``pause`` of so many minutes."""

    id: int = 0
    name: str
    texts: Mapping[str, str]
    areas: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    first: int = 9 * 60
    last: int = 20 * 60
    rate: int = 60
    listed: int = 0
    flow: str = ""
    machine: str = ""
    tries: int = 1
    pause: int = 0
    created: datetime
    by: str
    state: State = "running"


class Reach(Struct, frozen=True, kw_only=True, rename="kebab"):
    """How many numbers a campaign is for, and what became of them. ``stopped``: want none.

    Of calls: ``calling`` now; ``answered`` by a person, of whom some ``refused`` further campaigns
    by a key; the last attempt met a ``machine``, was ``busy``, had ``no_answer`` or ``failed``;
    ``unknown``: begun before a fault, and not begun again.
    """

    waiting: int = 0
    sent: int = 0
    calling: int = 0
    answered: int = 0
    refused: int = 0
    machine: int = 0
    busy: int = 0
    no_answer: int = 0
    failed: int = 0
    unknown: int = 0
    stopped: int = 0
    cancelled: int = 0


def audience(db: Database, new: Campaign, numbers: Collection[str] = ()) -> Reach:
    """Whom a campaign that is not added yet would reach; ``numbers``: those of a list, if any."""
    all_of_them, refused = db.conn.execute(
        f"select count(*), coalesce(sum({_STOPPED}), 0) {_CHOSEN}", _audience(new, numbers)
    ).fetchone()
    return Reach(waiting=all_of_them - refused, stopped=refused)


def add(db: Database, new: Campaign, numbers: Collection[str] = ()) -> int | None:
    """Add a campaign with its targets; returns its id, None if the name was used before."""
    texts = json.encode(new.texts).decode()
    chosen = _audience(new, numbers)
    added = db.conn.execute(
        f"insert into campaigns ({_COLUMNS.removeprefix('id, ')})"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing"
        " returning id",
        (
            *(new.name, texts, chosen["areas"], chosen["tariffs"], len(set(numbers))),
            *(new.first, new.last, new.rate, new.flow, new.machine, new.tries, new.pause),
            *(micros(new.created), new.by, new.state),
        ),
    )
    row = added.fetchone()
    if row is None:
        return None
    db.conn.execute(
        "insert into campaign_targets (campaign, number, subscriber, state)"
        f" select :campaign, msisdn, subscriber, iif({_STOPPED}, 'stopped', 'waiting')"
        f" {_CHOSEN}",
        {**chosen, "campaign": row[0]},
    )
    return int(row[0])


def by_name(db: Database, name: str) -> Campaign | None:
    """The campaign of a name."""
    return next(iter(_found(db, "where name = ?", name)), None)


def listed(db: Database, limit: int) -> list[Campaign]:
    """The last campaigns, the newest first."""
    return _found(db, "order by id desc limit ?", limit)


def reach(db: Database, campaign: int) -> Reach:
    """What became of a campaign's targets; as it was when their numbers were removed."""
    (counts,) = db.conn.execute("select counts from campaigns where id = ?", (campaign,)).fetchone()
    if counts:
        return json.decode(counts, type=Reach)
    rows = db.conn.execute(
        "select state, count(*) from campaign_targets where campaign = ? group by state",
        (campaign,),
    )
    return convert(dict(rows.fetchall()), Reach)


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


def any_due(db: Database, at: datetime) -> bool:
    """Whether a text may be sent at a time, which is in the site's time zone."""
    minute = at.hour * 60 + at.minute
    return any(
        in_window(one, minute) and left_in_minute(db, one, at) and _targets(db, one.id, 1)
        for one in running(db, calls=False)
    )


def post_due(db: Database, at: datetime, language: Language) -> int:
    """Post the texts that running campaigns may send at a time, which is in the site's time zone;
    returns how many."""
    posted = 0
    minute = at.hour * 60 + at.minute
    for campaign in running(db, calls=False):
        if in_window(campaign, minute):
            posted += _post(db, campaign, at, language)
    return posted


def running(db: Database, *, calls: bool) -> list[Campaign]:
    """The campaigns that run, of calls or of texts, the oldest first."""
    return _found(db, f"where state = 'running' and flow {'<>' if calls else '='} '' order by id")


def any_over(db: Database) -> bool:
    """Whether there is a campaign for :func:`end_over`."""
    (found,) = db.conn.execute(f"select exists (select 1 from campaigns {_OVER})").fetchone()
    return bool(found)


def end_over(db: Database) -> None:
    """Campaigns that run, and of which no target waits or is called, have ended."""
    db.conn.execute(f"update campaigns set state = 'ended' {_OVER}")


def stop(db: Database, number: str, way: str, at: datetime, call: str = "") -> bool:
    """A number wants no campaigns any more, as it said by a ``way``: ``text``, ``command``, or a
    ``call``, which has that id. False if that was known."""
    number = db.numbers.msisdn(number) or number
    new = db.conn.execute(
        "insert into no_campaigns (number, at, way) values (?, ?, ?) on conflict do nothing",
        (number, micros(at), way),
    )
    db.conn.execute(
        "update campaign_targets set state = 'stopped' where number = ? and state = 'waiting'",
        (number,),
    )
    if call:
        db.conn.execute(
            "update campaign_targets set state = 'refused'"
            " where call = ? and call <> '' and state = 'answered'",
            (call,),
        )
    outbox.drop_waiting(db, "campaign:*", number)
    outbox.drop_waiting(db, "survey:*", number)
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
    targets = _targets(db, campaign.id, left_in_minute(db, campaign, at))
    until = _window_end(campaign, at)
    for number, chosen in targets:
        text = language(campaign.texts, chosen)
        outbox.post(db, f"campaign:{campaign.id}:{number}", number, text, "", at, until)
        db.conn.execute(
            "update campaign_targets set state = 'sent', at = ? where campaign = ? and number = ?",
            (micros(at), campaign.id, number),
        )
    return len(targets)


def left_in_minute(db: Database, campaign: Campaign, at: datetime) -> int:
    """How many numbers may be reached in the minute that ends now."""
    (reached,) = db.conn.execute(
        "select count(*) from campaign_targets where campaign = ? and at > ?",
        (campaign.id, micros(at - _MINUTE)),
    ).fetchone()
    return max(0, campaign.rate - int(reached))


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
        " from campaign_targets indexed by campaign_targets_waiting"
        " where campaign = ? and state = 'waiting' limit ?",
        (campaign, limit),
    ).fetchall()


def _audience(one: Campaign, numbers: Collection[str]) -> dict[str, str]:
    return {"areas": _json(one.areas), "tariffs": _json(one.tariffs), "numbers": _json(numbers)}


def _json(names: Collection[str]) -> str:
    return json.encode(list(names)).decode()


def _found(db: Database, tail: str, *values: object) -> list[Campaign]:
    rows = db.conn.execute(f"select {_COLUMNS} from campaigns {tail}", values).fetchall()
    return [_campaign(dict(zip(_FIELDS, row, strict=True))) for row in rows]


def _campaign(row: dict[str, Any]) -> Campaign:
    decoded = {
        "texts": json.decode(row["texts"]),
        "areas": json.decode(row["areas"]),
        "tariffs": json.decode(row["tariffs"]),
        "created": moment(row["created"]),
        "by": row.pop("author"),
    }
    return convert({**row, **decoded}, Campaign)
