"""What reports count of the stays in queues, by SQL: a month of 30,000 is summed in some
tenths of a second, and calls that go on are not held up meanwhile.

The definitions are those of :mod:`ivr.acd.figures`; that these sums are the same is tested over
stays of every kind.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import fields

from ari_app.store.sqlite import Database
from ari_app.store.surveys import TALK
from ari_app.store.times import micros, moment
from ivr.acd.chosen import By, Chosen, What
from ivr.acd.figures import HOWS, SECOND, SHORT, SUMS, Figures, Stay
from ivr.acd.outcomes import REPEAT, WAIT_LASTS, WAITS, Contacts

_DAY = 86400 * SECOND


class Rules(Struct, frozen=True):
    """The time zone of days, and within which span each queue is to be answered."""

    zone: str
    in_time: Callable[[str], int]


_WAITED = "max(0, q.left - q.joined)"
_TALKED = "(q.how = 'answered' and q.ended is not null)"
_ABANDONED = f"(q.how = 'abandoned' and {_WAITED} >= {SHORT})"
_REPEATED = f"""exists (select 1 from queue_calls later where later.number = q.number
    and later.number <> '' and later.joined > q.left and later.joined <= q.left + {REPEAT}
    and later.channel <> q.channel)"""
_OF_TALK = "from contacts c where c.call = q.call and c.call <> '' and c.agent = q.agent"
_TALKS = """from queue_calls o where o.call = q.call and o.call <> '' and o.agent = q.agent
    and o.how = 'answered'"""
_SOLVED = f"""(case when exists (select 1 {_TALKS} and o.id <> q.id)
    or (select count(*) {_OF_TALK}) > 1
    then (select near.solved from (select c.id, c.first_contact_solved as solved,
        abs(c.at - q.answered) as away, (select min(abs(c.at - o.answered)) {_TALKS}) as shortest
        {_OF_TALK}) near where near.away = near.shortest order by near.away, near.id limit 1)
    else (select c.first_contact_solved {_OF_TALK} limit 1) end)"""
"""What was noted of a conversation. A call may come to an agent twice: each time has its contact,
which begins as the phone rings, and belongs to the conversation it is nearest to. That is looked
for only where there are several of either."""

_OTHERWISE = tuple(how for how in HOWS if how not in ("waiting", "answered", "abandoned"))

_SUMS: Mapping[str, str] = {
    "joined": "count(*)",
    "waiting": "sum(q.how = 'waiting')",
    "answered": "sum(q.how = 'answered')",
    "in_time": f"sum(q.how = 'answered' and {_WAITED} <= {{in_time}})",
    "abandoned": f"sum({_ABANDONED})",
    "abandoned_late": f"sum({_ABANDONED} and {_WAITED} > {{in_time}})",
    "short": f"sum(q.how = 'abandoned' and not {_ABANDONED})",
    **{how: f"sum(q.how = '{how}')" for how in _OTHERWISE},
    "waited_answered": f"sum(iif(q.how = 'answered', {_WAITED}, 0))",
    "waited_abandoned": f"sum(iif({_ABANDONED}, {_WAITED}, 0))",
    "longest": f"max(coalesce({_WAITED}, 0))",
    "handled": f"sum({_TALKED})",
    "talked": f"sum(iif({_TALKED}, max(0, q.ended - q.answered), 0))",
    "wrapped": f"sum(iif({_TALKED}, coalesce(q.wrap, 0), 0))",
    "transferred": f"sum({_TALKED} and q.transferred <> '')",
    "promised": "sum(q.how = 'answered' and q.promised is not null)",
    "promise_error": f"sum(iif(q.how = 'answered', abs(q.promised - {_WAITED}), 0))",
    "promise_bias": f"sum(iif(q.how = 'answered', q.promised - {_WAITED}, 0))",
    "popped": "sum(q.how = 'answered' and q.pop is not null)",
    "pop": "sum(iif(q.how = 'answered', q.pop, 0))",
}
"""Each sum of :class:`Figures`."""

_WHAT: Mapping[What, str] = {
    "joined": "true",
    "answered": "q.how = 'answered'",
    "in-time": f"q.how = 'answered' and {_WAITED} <= {{in_time}}",
    "late": f"q.how = 'answered' and {_WAITED} > {{in_time}}",
    "abandoned": _ABANDONED,
    "short": f"q.how = 'abandoned' and not {_ABANDONED}",
    "otherwise": f"q.how in ({', '.join(repr(how) for how in _OTHERWISE)})",
    "transferred": f"{_TALKED} and q.transferred <> ''",
    "promised": "q.how = 'answered' and q.promised is not null",
    "repeated": f"q.how = 'answered' and {_REPEATED}",
    "solved": f"q.how = 'answered' and {_SOLVED} = 1",
    "surveyed": f"exists (select 1 from surveys where surveys.call = q.call and q.id = {TALK})",
    "unsolved": f"q.how = 'answered' and {_SOLVED} = 0",
}


def sums(db: Database, chosen: Chosen, by: By, rules: Rules) -> dict[str, Figures]:
    """The figures of the stays, by their values, which are text."""
    query = Query(db, chosen, rules)
    columns = ", ".join(f"coalesce({query.of(_SUMS[name])}, 0)" for name in SUMS)
    rows = query.run(f"select {query.by(by)} as value, {columns} from queue_calls q", "group by 1")
    return {str(value): Figures(**dict(zip(SUMS, found, strict=True))) for value, *found in rows}


def contacts(db: Database, chosen: Chosen, by: By, rules: Rules) -> dict[str, Contacts]:
    """How the answered were served, by the values of their stays."""
    query = Query(db, chosen, rules)
    rows = query.run(
        f"select {query.by(by)}, count(*), sum({_REPEATED}), sum(solved is not null), sum(solved)"
        f" from (select q.*, {_SOLVED} as solved from queue_calls q",
        "and q.how = 'answered') q group by 1",
    )
    return {
        str(value): Contacts(answered, repeated or 0, judged or 0, solved or 0)
        for value, answered, repeated, judged, solved in rows
    }


def stays(
    db: Database, chosen: Chosen, rules: Rules, limit: int, after: tuple[int, int] | None = None
) -> list[Stay]:
    """The stays, the newest first; those after one, by its ``joined`` and ``id``."""
    query = Query(db, chosen, rules)
    names = ", ".join(f"q.{one.name}" for one in fields(Stay))
    earlier = "and (q.joined, q.id) < (:after, :after_id)" if after else ""
    query.given |= {"limit": limit, **dict(zip(("after", "after_id"), after or (), strict=False))}
    rows = query.run(
        f"select {names} from queue_calls q",
        f"{earlier} order by q.joined desc, q.id desc limit :limit",
    )
    return [Stay(**dict(zip(Stay.__struct_fields__, row, strict=True))) for row in rows]


def percentile(
    db: Database, chosen: Chosen, rules: Rules, of: Literal["waited", "pop"]
) -> int | None:
    """The span within which 95 of 100 of the answered waited, or had their card (by nearest rank:
    of fewer than 20 it is the longest); None if there are none."""
    value = _WAITED if of == "waited" else "q.pop"
    query = Query(db, chosen, rules)
    where = f"and q.how = 'answered' and {value} is not null"
    [(count,)] = query.run("select count(*) from queue_calls q", where)
    if not count:
        return None
    query.given["skip"] = -(-count * 95 // 100) - 1
    [(span,)] = query.run(
        f"select {value} from queue_calls q", f"{where} order by 1 limit 1 offset :skip"
    )
    return int(span)


class Query:
    """A query of the stays; ``given`` are its values by name."""

    def __init__(self, db: Database, chosen: Chosen, rules: Rules) -> None:
        self.given: dict[str, object] = {"since": chosen.since, "until": chosen.until}
        self._db = db
        self._local = self._local_time(chosen, rules.zone)
        self._in_time = self._times(rules.in_time)
        where = ["q.joined >= :since and q.joined < :until", self.of(_WHAT[chosen.what])]
        for by, value in chosen.among.items():
            self.given[f"is_{by}".replace("-", "_")] = value
            where.append(f"cast({self.by(by)} as text) = :is_{by}".replace("week-", "week_"))
        self._where = " and ".join(f"({one})" for one in where)

    def run(self, select: str, tail: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._db.conn.execute(
            f"{select} where {self._where} {tail}", self.given
        ).fetchall()
        return rows

    def of(self, sql: str) -> str:
        return sql.format(in_time=self._in_time)

    def by(self, by: By) -> str:
        """The value of a stay, as SQL."""
        local = f"(q.joined + {self._local})"
        match by:
            case "day":
                return f"date({local} / {SECOND}, 'unixepoch')"
            case "hour":
                return f"{local} / {3600 * SECOND} % 24"
            case "weekday":
                return f"({local} / {_DAY} + 3) % 7"  # 1970 began on a Thursday
            case "week-hour":
                return f"({local} / {3600 * SECOND} + 72) % 168"
            case "version":
                return "q.flow || '@' || q.version"
            case "wait":
                whens = (f"when {_WAITED} < {end} then {place}" for place, end in enumerate(WAITS))
                lasts = f"when q.left is null then {WAIT_LASTS}"
                return f"case {lasts} {' '.join(whens)} else {len(WAITS)} end"
            case _:
                return f"q.{by}"

    def _times(self, in_time: Callable[[str], int]) -> str:
        """The span in which the queue of a stay is to be answered, as SQL."""
        rows = self._db.conn.execute(
            "select distinct queue from queue_calls where joined >= :since and joined < :until",
            self.given,
        )
        names = sorted(str(name) for (name,) in rows)
        for place, name in enumerate(names):
            self.given |= {f"queue{place}": name, f"time{place}": in_time(name)}
        whens = " ".join(f"when :queue{place} then :time{place}" for place in range(len(names)))
        self.given["time"] = in_time("")
        return f"case q.queue {whens} else :time end" if whens else ":time"

    def _local_time(self, chosen: Chosen, zone: str) -> str:
        """What is added to a time of ours so that it is that of the clocks there, as SQL."""
        spans = list(offsets(chosen.since, chosen.until, zone))
        *earlier, (_, last) = spans
        ends = [begin for begin, _ in spans[1:]]
        whens = (
            f"when q.joined < {end} then {offset}"
            for (_, offset), end in zip(earlier, ends, strict=True)
        )
        return f"(case {' '.join(whens)} else {last} end)" if earlier else str(last)


def offsets(since: int, until: int, zone: str) -> Iterator[tuple[int, int]]:
    """From when on the clocks of a zone were how far before ours, both in microseconds."""
    there, before = ZoneInfo(zone), None
    quarter = timedelta(minutes=15)
    at, end = moment(since), moment(until)
    while at < end:
        offset = at.astimezone(there).utcoffset() or timedelta()
        if offset != before:
            yield micros(at), offset // timedelta(microseconds=1)
        before = offset
        day = at + timedelta(days=1)
        if day.astimezone(there).utcoffset() == offset:
            at = day
        else:  # within the next day, at a full quarter of an hour
            at = at + quarter - timedelta(seconds=at.timestamp() % 900)
