"""Opening hours: a schedule, and whether it is open at a moment.

Hours are local wall-clock time: at the end of daylight saving time the repeated hour is open twice,
at its start the skipped hour does not exist.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta, Struct

from ivr.events import Answered
from ivr.hours.week import WEEKDAYS, Span, clock, days, exception_days, span_text, spans
from ivr.terms import Is
from ivr.values import Moment

LONGEST: Final = timedelta(days=366)
"""How far ahead what is set by hand may end: a later end is a slip, or no date elsewhere."""

_WEEK: Final = 7 * 1440
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Schedule(Struct, frozen=True, kw_only=True):
    """A schedule as its author wrote it.

    ``week``: days to spans (``mon-fri: "09:00-13:00, 14:00-18:00"``); a day that is missing is
    closed. ``timezone``: "" for that of the site, which the loader fills in. ``except_``: a day, or
    a range of days, of one year or of every year to spans, which replace the week's.
    """

    schedule: Annotated[str, Is.SCHEDULE_NAME, Meta(description="the name")]
    week: Annotated[
        Mapping[Annotated[str, Is.DAYS], Annotated[str, Is.SPANS]],
        Meta(description="days: the hours of those days; a day that is not named is closed"),
    ]
    timezone: Annotated[str, Is.ZONE] = ""
    except_: Annotated[
        Mapping[Annotated[str, Is.DATE], Annotated[str, Is.SPANS]],
        Meta(description="days that are different, of one year or of every year"),
    ] = {}


class Forced(Struct, frozen=True):
    """A forced state that overrides the schedule until a moment."""

    state: Literal["open", "closed"]
    until: datetime
    by: str
    why: str


class Hours(Struct, frozen=True):
    """Whether it is open, until when (None: for more than a year), and why."""

    open: bool
    until: datetime | None
    why: str


def gaps(schedule: Schedule) -> tuple[Span, ...]:
    """The closed times of a week without exceptions, in minutes from Monday 00:00.

    A gap over the end of the week is one gap and ends after 7 * 1440.
    """
    opened = sorted(
        (week * _WEEK + day * 1440 + begin, week * _WEEK + day * 1440 + end)
        for week in range(3)  # the second one has the nights of the week before
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


def hours_answer(found: Hours, today: date) -> Answered:
    """The answer to :class:`ivr.wants.CheckHours` that is given on a day."""
    outcome, changes = ("open", "closes") if found.open else ("closed", "opens")
    return Answered(outcome, {changes: Moment(found.until, today)} if found.until else {})


def hours_at(schedule: Schedule, at: datetime, zone: tzinfo, forced: Forced | None = None) -> Hours:
    """The state of a valid schedule at ``at`` in its ``zone``; ``until`` is in that zone.

    Takes microseconds; the first look at a year computes and caches its changes.
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
    """The spans of a day, and the key that gives them."""

    label: str
    spans: tuple[Span, ...]


class _Plan:
    """A parsed schedule."""

    __slots__ = ("_dated", "_yearly", "week")

    def __init__(self, week: Mapping[str, str], exceptions: Mapping[str, str]) -> None:
        rules = {day: _Rule(key, spans(text)) for key, text in week.items() for day in days(key)}
        self.week = [rules.get(day, _Rule(name, ())) for day, name in enumerate(WEEKDAYS)]
        self._dated: dict[date, _Rule] = {}
        self._yearly: dict[tuple[int, int], _Rule] = {}
        for key, text in exceptions.items():
            found, rule = exception_days(key), _Rule(f"exception {key}", spans(text))
            self._yearly |= dict.fromkeys(found.yearly, rule)
            self._dated |= dict.fromkeys(found.dates(), rule)

    def rule(self, day: date) -> _Rule:
        """The rule of a day, which also covers the night after it."""
        yearly = self._yearly.get((day.month, day.day), self.week[day.weekday()])
        return self._dated.get(day, yearly)

    def why(self, local: datetime) -> str:
        """The rule that decides at a local time, as text."""
        minute, today = local.hour * 60 + local.minute, self.rule(local.date())
        for rule, at in ((today, minute), (self.rule(local.date() - _DAY), minute + 1440)):
            for span in rule.spans:
                if span[0] <= at < span[1]:
                    return f"{rule.label} {span_text(span)}"
        if not today.spans:
            return f"{today.label} closed"
        return f"outside {today.label} {', '.join(map(span_text, today.spans))}"

    def stretches(self, first: date, last: date) -> list[tuple[datetime, datetime]]:
        """The open times from ``first`` to ``last``, joined where spans touch.

        Local times, labelled as UTC.
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
    """The state at the start of a UTC year, and the moments at which it changes."""

    open: bool
    changes: list[datetime]


def _plan_of(schedule: Schedule) -> _Plan:
    return _plan(tuple(schedule.week.items()), tuple(schedule.except_.items()))


@lru_cache(256)
def _plan(week: tuple[tuple[str, str], ...], exceptions: tuple[tuple[str, str], ...]) -> _Plan:
    return _Plan(dict(week), dict(exceptions))


def _scheduled(plan: _Plan, at: datetime, zone: tzinfo) -> tuple[bool, datetime | None]:
    """The state, and when it changes; None if not before the end of the next year."""
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
            if changes and changes[-1] == one:  # no change where the clock was put forward or back
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
    """The periods in which a zone's UTC offset is constant, with that offset."""
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
    """The second within a day after ``at`` at which the zone's offset changes."""
    seconds = range(86_401)
    found = bisect_left(
        seconds, True, key=lambda second: _offset(zone, at + timedelta(seconds=second)) != offset
    )
    return at + timedelta(seconds=found)


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
