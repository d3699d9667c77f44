"""Opening hours: the texts of a schedule, and what they say at a moment.

The clock on the wall decides: hours that it shows twice, because it is put back, are open twice,
and an hour that it leaves out is none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta, Struct

from ivr.events import Answered
from ivr.hours.week import WEEKDAYS, Span, clock, days, exception_day, span_text, spans
from ivr.terms import Is
from ivr.values import Moment

_WEEK: Final = 7 * 1440
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Schedule(Struct, frozen=True, kw_only=True):
    """When something is open, as its author wrote it.

    ``week``: days to spans (``mon-fri: "09:00-13:00, 14:00-18:00"``); a day that is not named is
    closed. ``except_``: a day of one year or of every year to spans, which replace the week's.
    """

    schedule: Annotated[str, Is.SCHEDULE_NAME, Meta(description="the name")]
    timezone: Annotated[str, Is.ZONE]
    week: Annotated[
        Mapping[Annotated[str, Is.DAYS], Annotated[str, Is.SPANS]],
        Meta(description="days: the hours of those days; a day that is not named is closed"),
    ]
    except_: Annotated[
        Mapping[Annotated[str, Is.DATE], Annotated[str, Is.SPANS]],
        Meta(description="days that are different, of one year or of every year"),
    ] = {}


class Forced(Struct, frozen=True):
    """What somebody ordered against the schedule, until a moment."""

    state: Literal["open", "closed"]
    until: datetime
    by: str
    why: str


class Hours(Struct, frozen=True):
    """Whether it is open, why, and until when that stays: None if it does next year, too."""

    open: bool
    until: datetime | None
    why: str


def gaps(schedule: Schedule) -> tuple[Span, ...]:
    """When no week is open, exceptions apart: in minutes from the Monday's midnight.

    A gap over the end of the week is one, and ends after it.
    """
    opened = sorted(
        (week * _WEEK + day * 1440 + begin, week * _WEEK + day * 1440 + end)
        for week in range(3)  # in the second one, the nights of the week before are known
        for day, rule in enumerate(_plan_of(schedule).week)
        for begin, end in rule.spans
    )
    if not opened:
        return ((0, _WEEK),)
    found, free = [], opened[0][0]
    for begin, end in opened:
        if free < begin and _WEEK <= free < 2 * _WEEK:
            found.append((free - _WEEK, begin - _WEEK))
        free = max(free, end)
    return tuple(found)


def gap_text(gap: Span) -> str:
    """ "closed Sunday all day", "closed Friday 18:00 to Monday 09:00"."""
    begin, end = gap
    first, last = _NAMES[begin // 1440 % 7], _NAMES[(end - 1) // 1440 % 7]
    if end - begin == _WEEK:
        return "closed all week"
    if begin % 1440 or end % 1440:
        closes, opens = clock(begin % 1440), clock(end % 1440)
        return f"closed {first} {closes} to {_NAMES[end // 1440 % 7]} {opens}"
    return f"closed {first} all day" if first == last else f"closed {first} to {last} all day"


def hours_answer(found: Hours) -> Answered:
    """What a session is told that consults a schedule: see :class:`ivr.wants.CheckHours`."""
    outcome, changes = ("open", "closes") if found.open else ("closed", "opens")
    return Answered(outcome, {changes: Moment(found.until)} if found.until else {})


def hours_at(schedule: Schedule, at: datetime, zone: tzinfo, forced: Forced | None = None) -> Hours:
    """What a schedule without faults says at ``at`` in its ``zone``; ``until`` is in the zone.

    Costs microseconds, but for the first time in a year: its changes are then kept.
    """
    plan = _plan_of(schedule)
    if forced is not None and at < forced.until:
        opened, until = _scheduled(plan, forced.until, zone)
        if opened != (forced.state == "open"):
            until = forced.until
        end = forced.until.astimezone(zone)
        why = f"forced {forced.state} by {forced.by} until {end:%Y-%m-%d %H:%M}"
        opened, why = forced.state == "open", f"{why}: {forced.why}" if forced.why else why
    else:
        opened, until = _scheduled(plan, at, zone)
        why = plan.why(at.astimezone(zone))
    return Hours(opened, until and until.astimezone(zone), why)


class _Rule(NamedTuple):
    """The spans of a day, and the key under which they stand."""

    label: str
    spans: tuple[Span, ...]


class _Plan:
    """A schedule that was understood."""

    __slots__ = ("_dated", "_yearly", "week")

    def __init__(self, week: Mapping[str, str], exceptions: Mapping[str, str]) -> None:
        rules = {day: _Rule(key, spans(text)) for key, text in week.items() for day in days(key)}
        self.week = [rules.get(day, _Rule(name, ())) for day, name in enumerate(WEEKDAYS)]
        self._dated: dict[date, _Rule] = {}
        self._yearly: dict[tuple[int, int], _Rule] = {}
        for key, text in exceptions.items():
            year, *rest = exception_day(key)
            rule = _Rule(f"exception {key}", spans(text))
            if year is None:
                self._yearly[rest[0], rest[1]] = rule
            else:
                self._dated[date(year, *rest)] = rule

    def rule(self, day: date) -> _Rule:
        """What is in force on a day, until it ends or its night does."""
        yearly = self._yearly.get((day.month, day.day), self.week[day.weekday()])
        return self._dated.get(day, yearly)

    def why(self, local: datetime) -> str:
        """The rule that decides at a local time."""
        minute, today = local.hour * 60 + local.minute, self.rule(local.date())
        for rule, at in ((today, minute), (self.rule(local.date() - _DAY), minute + 1440)):
            for span in rule.spans:
                if span[0] <= at < span[1]:
                    return f"{rule.label} {span_text(span)}"
        if not today.spans:
            return f"{today.label} closed"
        return f"outside {today.label} {', '.join(map(span_text, today.spans))}"

    def stretches(self, first: date, last: date) -> list[tuple[datetime, datetime]]:
        """When it is open on the days from ``first`` to ``last``, joined where spans touch.

        These are local times, written as if they were UTC.
        """
        found: list[tuple[datetime, datetime]] = []
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            for begin, end in self.rule(day).spans:
                opens, closes = midnight + begin * _MINUTE, midnight + end * _MINUTE
                if found and opens <= found[-1][1]:
                    opens, before = found.pop()
                    closes = max(before, closes)
                found.append((opens, closes))
        return found


class _Year(NamedTuple):
    """Whether it is open when a year of UTC begins, and the moments at which that changes."""

    open: bool
    changes: list[datetime]


def _plan_of(schedule: Schedule) -> _Plan:
    return _plan(tuple(schedule.week.items()), tuple(schedule.except_.items()))


@lru_cache(256)
def _plan(week: tuple[tuple[str, str], ...], exceptions: tuple[tuple[str, str], ...]) -> _Plan:
    return _Plan(dict(week), dict(exceptions))


def _scheduled(plan: _Plan, at: datetime, zone: tzinfo) -> tuple[bool, datetime | None]:
    """Whether it is open, and when that changes: None if not before the end of the next year."""
    year = at.astimezone(UTC).year
    now, after = _year(plan, zone, year), _year(plan, zone, year + 1)
    passed = bisect_right(now.changes, at)
    opened = now.open != bool(passed % 2)
    if passed < len(now.changes):
        return opened, now.changes[passed]
    if opened != after.open:
        return opened, _new_year(year + 1)
    return opened, after.changes[0] if after.changes else None


@lru_cache(512)
def _year(plan: _Plan, zone: tzinfo, year: int) -> _Year:
    begin, end = _new_year(year), _new_year(year + 1)
    local = plan.stretches(begin.date() - 3 * _DAY, end.date() + 2 * _DAY)
    changes: list[datetime] = []
    for first, last, offset in _offsets(zone, begin, end):
        for opens, closes in local:
            one, other = max(first, opens - offset), min(last, closes - offset)
            if one >= other:
                continue
            if changes and changes[-1] == one:  # it goes on where the clock was put forward or back
                changes.pop()
            else:
                changes.append(one)
            changes.append(other)
    if changes and changes[-1] == end:
        changes.pop()
    opened = bool(changes) and changes[0] == begin
    return _Year(opened, changes[opened:])


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def _offsets(
    zone: tzinfo, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The stretches of time in which the offset of a zone stays as it is, with that offset."""
    first, at, offset = begin, begin, _offset(zone, begin)
    while at < end:
        after = min(at + _DAY, end)
        if _offset(zone, after) != offset:
            changed = _changed(zone, at, offset)
            yield first, changed, offset
            first, offset = changed, _offset(zone, changed)
        at = after
    if first < end:
        yield first, end, offset


def _changed(zone: tzinfo, at: datetime, offset: timedelta) -> datetime:
    """The second of the day after ``at`` from which a zone no longer has this offset."""
    seconds = range(86_401)
    found = bisect_left(
        seconds, True, key=lambda second: _offset(zone, at + timedelta(seconds=second)) != offset
    )
    return at + timedelta(seconds=found)


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
