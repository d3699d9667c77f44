"""Compares the record of a time with Asterisk's ``queue_log``, with the records of calls, and with
Asterisk's CDR where there is one: what differs, line by line.

The three know of a stay independently of each other: AMI's events, a file that Asterisk writes by
itself, and the steps of our calls.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from msgspec import DecodeError, Struct, json

from ari_app.statistics.completion import NEAR, belongs, completed
from ari_app.statistics.queue_log import Logged, every
from ari_app.store import places, queue_calls
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.figures import SECOND, Stay

NOT_LOGGED = frozenset(("full", "empty"))
"""Of who did not get into a queue Asterisk's log knows nothing."""
CALLED_BACK = frozenset(("key", "timeout", "empty", "withdrawn"))
"""How a wait may have ended after which a call back was agreed."""
SHOWN = 20
"""How many differences are kept with a reconciliation."""


PLACE = "reconciled"
"""The name of :mod:`ari_app.store.places` of the last reconciliation."""


class Difference(Struct, frozen=True):
    """What differs about a stay: ``joined`` in microseconds, ``what`` in words."""

    channel: str
    queue: str
    joined: int
    what: str


class Reconciled(Struct, frozen=True):
    """What was compared, from ``since`` to before ``until`` (microseconds): how many stays are
    stored, logged (None: there is no log), and named by CDRs; how many ``differ``, and the first of
    the differences."""

    at: int
    since: int
    until: int
    stays: int
    logged: int | None
    billed: int | None
    differ: int
    differences: tuple[Difference, ...] = ()


def stays_of(lines: Iterable[Logged], agent: Callable[[str], str]) -> list[Stay]:
    """The stays that a log describes; of those that began before it, nothing."""
    found: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for one in lines:
        if one.event == "QUEUESTART":
            for stays in found.values():
                stays[-1] = completed(stays[-1], one, agent)
            continue
        stays = found[one.channel, one.queue]
        if one.event == "ENTERQUEUE":
            number = one.values[1] if len(one.values) > 1 else ""
            new = Stay(channel=one.channel, queue=one.queue, joined=one.at, number=number)
            stays.append(new)
        elif stays and belongs(stays[-1], one):
            stays[-1] = completed(stays[-1], one, agent)
        elif not stays:
            del found[one.channel, one.queue]
    return [stay for stays in found.values() for stay in stays]


def compare(stored: Iterable[Stay], logged: Iterable[Stay]) -> Iterator[Difference]:
    """The differences between stays of the store and those of the log."""
    theirs: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in logged:
        theirs[stay.channel, stay.queue].append(stay)
    for mine in stored:
        others = theirs[mine.channel, mine.queue]
        other = min(others, key=lambda one: abs(one.joined - mine.joined), default=None)
        if other is None or abs(other.joined - mine.joined) > NEAR:
            refused = mine.how in NOT_LOGGED or (mine.how == "callback" and not mine.waited)
            if not refused:
                yield _of(mine, "Asterisk's log does not have it")
            continue
        others.remove(other)
        yield from _differences(mine, other)
    for stays in theirs.values():
        yield from (_of(stay, "it is not recorded, but in Asterisk's log") for stay in stays)


def _differences(mine: Stay, other: Stay) -> Iterator[Difference]:
    how = mine.how
    if how == "callback" and other.how in CALLED_BACK:
        how = other.how
    if how != other.how:
        yield _of(mine, f"it ended as {mine.how}, by the log as {other.how}")
        return
    if mine.how == "lost":
        return
    if mine.agent != other.agent and other.agent:
        yield _of(mine, f"{mine.agent} answered, by the log {other.agent}")
    for name in ("answered", "left", "ended"):
        at, second = getattr(mine, name), getattr(other, name)
        if (at is None) != (second is None):
            yield _of(mine, f"`{name}` is known {'here' if second is None else 'by the log'} alone")
        elif at is not None and abs(at - second) > NEAR:
            seconds = abs(at - second) / SECOND
            yield _of(mine, f"`{name}` differs by {seconds:.0f} s from the log")


def of_calls(db: Database, since: int, until: int) -> Iterator[Difference]:
    """Steps of queues without a stay, and stays outside their calls. Calls that are not stored
    any more are not looked at."""
    for call, at, steps, stays in queue_calls.unmatched(db, since, until):
        what = f"call {call} was in queues {steps} times, {stays} stays are recorded"
        yield Difference("", "", at, what)
    for stay in queue_calls.outside(db, since, until, NEAR):
        yield _of(stay, f"it is not within its call {stay.call}")


def billed(file: Path, since: datetime, until: datetime) -> Iterator[str]:
    """The unique ids of Asterisk's CDRs in a time whose last application was Queue, from
    ``Master.csv`` with ``loguniqueid`` (https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/).
    Raises ``OSError``."""
    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        for row in csv.reader(lines):
            if len(row) > _UNIQUE and row[_APPLICATION] == "Queue":
                began = datetime.strptime(row[_START], "%Y-%m-%d %H:%M:%S")
                if since <= began.replace(tzinfo=since.tzinfo) < until:
                    yield row[_UNIQUE]


_APPLICATION, _START, _UNIQUE = 7, 9, 16


def of_bills(stays: Sequence[Stay], channels: Iterable[str]) -> Iterator[Difference]:
    """CDRs of queues without a stay."""
    known = {stay.channel for stay in stays}
    for channel in sorted({*channels} - known):
        yield Difference(channel, "", 0, "Asterisk's CDR has it, it is not recorded")


def read(
    log: Path | None, cdr: Path | None, since: datetime, until: datetime
) -> tuple[list[Logged] | None, list[str] | None]:
    """What Asterisk recorded of a time, and the lines of a day after it: of the log, and unique ids
    of CDRs; None where there is no file. Raises ``OSError``."""
    end = until + timedelta(days=1)
    lines = every(log, micros(since) - NEAR, micros(end)) if log and log.exists() else None
    channels = list(billed(cdr, since, until)) if cdr and cdr.exists() else None
    return lines, channels


def reconciled(
    db: Database,
    at: datetime,
    since: datetime,
    until: datetime,
    lines: Sequence[Logged] | None,
    channels: Sequence[str] | None,
    agent: Callable[[str], str],
) -> Reconciled:
    """Compare a time that is over; ``lines`` are of the log, also after ``until``, ``channels`` of
    CDRs, None where there is none."""
    first, end = micros(since), micros(until)
    mine = queue_calls.between(db, first - NEAR, end + NEAR)  # both sides of each midnight
    found = list(of_calls(db, first, end))
    theirs = [] if lines is None else stays_of(lines, agent)
    if lines is not None:
        near = (one for one in theirs if first - NEAR <= one.joined < end + NEAR)
        found += (one for one in compare(mine, near) if first <= one.joined < end)
    if channels is not None:
        found += of_bills(mine, channels)
    found.sort(key=lambda one: one.joined)
    return Reconciled(
        at=micros(at),
        since=first,
        until=end,
        stays=sum(first <= one.joined < end for one in mine),
        logged=None if lines is None else sum(first <= one.joined < end for one in theirs),
        billed=None if channels is None else len(set(channels)),
        differ=len(found),
        differences=tuple(found[:SHOWN]),
    )


def _of(stay: Stay, what: str) -> Difference:
    return Difference(stay.channel, stay.queue, stay.joined, what)


def last_day(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The beginning and the end of the last day that is over in a time zone."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    before = (midnight - timedelta(hours=12)).replace(hour=0)
    return before, midnight


def last(db: Database) -> Reconciled | None:
    """The last reconciliation; None if there was none yet."""
    try:
        return json.decode(places.of(db, PLACE), type=Reconciled)
    except DecodeError:
        return None
