"""Time conditions as schedules of ours.

A time is `hours|weekdays|days of month|months`, and its last minute is included: 17:59 is until
18:00. Each part wraps (`18:00-09:00`, `fri-mon`); a condition is met if one of its times is.
"""

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from ari_app.freepbx.errors import SourceError
from ivr.hours.week import WEEKDAYS, clock

Minutes: TypeAlias = int
"""The minutes of a day as bits: bit 540 is 09:00."""

When: TypeAlias = Callable[[int, int, int], Minutes]
"""The minutes at which something is met, of a month (1 to 12), a day and a weekday (Monday: 0)."""

ALL_DAY: Final[Minutes] = (1 << 1440) - 1
YEARS: Final = 5
"""For how many years days are listed that are not the same in each year."""

_MONTHS: Final = tuple(name.lower() for name in calendar.month_abbr[1:])
_SUNDAY_FIRST: Final = ("sun", *WEEKDAYS[:-1])
_LEAP: Final = 2000


class Calendar(NamedTuple):
    """The ``week`` and ``except`` of a schedule; ``until``: the last year of days that are listed
    year by year, 0 if there are none."""

    week: Mapping[str, str]
    exceptions: Mapping[str, str]
    until: int


def met(times: Iterable[str]) -> When:
    """When one of the times is. Raises :class:`SourceError` for one that cannot be read."""
    spans = [_time(each) for each in times]

    @lru_cache(4096)
    def at(month: int, day: int, weekday: int) -> Minutes:
        found = 0
        for minutes, weekdays, days, months in spans:
            if weekday in weekdays and day in days and month in months:
                found |= minutes
        return found

    return at


def schedule(when: When, year: int) -> Calendar:
    """A calendar that is open when this is met; days of a year begin with ``year``."""
    usual, moved, fixed = [], set(), {}
    days = [date(_LEAP, 1, 1) + timedelta(number) for number in range(366)]
    for weekday in range(7):
        counted = Counter(when(each.month, each.day, weekday) for each in days)
        usual.append(counted.most_common(1)[0][0])
    for each in days:
        found = [when(each.month, each.day, weekday) for weekday in range(7)]
        if found == usual:
            continue
        if len(set(found)) == 1:
            fixed[each.month, each.day] = found[0]
        else:
            moved.add((each.month, each.day))
    exceptions = dict(_yearly(fixed))
    if moved:
        exceptions |= _dated(when, usual, moved, year)
    return Calendar(dict(_week(usual)), exceptions, year + YEARS - 1 if moved else 0)


def _week(usual: list[Minutes]) -> Iterator[tuple[str, str]]:
    for minutes, group in groupby(range(7), key=usual.__getitem__):
        days = list(group)
        name = WEEKDAYS[days[0]] + (f"-{WEEKDAYS[days[-1]]}" if len(days) > 1 else "")
        if minutes:
            yield name, hours(minutes)


def _yearly(fixed: Mapping[tuple[int, int], Minutes]) -> Iterator[tuple[str, str]]:
    days = [date(_LEAP, *each) for each in fixed]
    for begin, end in _ranges(days, lambda day: fixed[day.month, day.day]):
        text = f"{begin:%m-%d}" + (f" to {end:%m-%d}" if end != begin else "")
        yield text, hours(fixed[begin.month, begin.day])


def _dated(
    when: When, usual: list[Minutes], moved: set[tuple[int, int]], year: int
) -> Iterator[tuple[str, str]]:
    first = date(year, 1, 1)
    days = [first + timedelta(number) for number in range((date(year + YEARS, 1, 1) - first).days)]
    listed = {
        day: minutes
        for day in days
        if (day.month, day.day) in moved
        and (minutes := when(day.month, day.day, day.weekday())) != usual[day.weekday()]
    }
    for begin, end in _ranges(listed, listed.__getitem__):
        yield f"{begin}" + (f" to {end}" if end != begin else ""), hours(listed[begin])


def _ranges(days: Iterable[date], kind: Callable[[date], Minutes]) -> Iterator[tuple[date, date]]:
    """First and last days of days in a row that are of the same kind."""
    begin = end = None
    for day in days:
        if begin and end and day == end + timedelta(1) and kind(day) == kind(begin):
            end = day
            continue
        if begin and end:
            yield begin, end
        begin = end = day
    if begin and end:
        yield begin, end


def hours(minutes: Minutes) -> str:
    """``09:00-13:00, 14:00-18:00``, ``open`` or ``closed``."""
    if minutes in (0, ALL_DAY):
        return "open" if minutes else "closed"
    spans, at = [], 0
    for is_open, group in groupby(range(1440), key=lambda minute: minutes >> minute & 1):
        length = len(list(group))
        if is_open:
            spans.append(f"{clock(at)}-{clock(at + length)}")
        at += length
    return ", ".join(spans)


def _time(text: str) -> tuple[Minutes, frozenset[int], frozenset[int], frozenset[int]]:
    parts = [part.strip().lower() for part in text.split("|")]
    if len(parts) not in (4, 5):
        raise SourceError(f"{text!r} is no time of a time group: hours|weekdays|days|months")
    try:
        weekdays = {(number - 1) % 7 for number in _range(parts[1], _SUNDAY_FIRST)}
        return (
            _minutes(parts[0]),
            frozenset(weekdays),
            frozenset(number + 1 for number in _range(parts[2], tuple(map(str, range(1, 32))))),
            frozenset(number + 1 for number in _range(parts[3], _MONTHS)),
        )
    except ValueError as error:
        raise SourceError(f"{text!r} is no time of a time group: {error}") from None


def _range(text: str, names: tuple[str, ...]) -> set[int]:
    """The places among ``names`` of ``*``, ``tue``, ``fri-mon`` or ``1-5``."""
    if text in ("*", ""):
        return set(range(len(names)))
    found = set()
    for part in text.split("&"):
        first, _, last = part.partition("-")
        begin, end = (_place(each.strip(), names) for each in (first, last or first))
        found |= {(begin + number) % len(names) for number in range((end - begin) % len(names) + 1)}
    return found


def _place(name: str, names: tuple[str, ...]) -> int:
    if name.isdigit():
        name = str(int(name))
        if names is _MONTHS and 1 <= int(name) <= 12:
            return int(name) - 1
    if name[:3] not in names:
        raise ValueError(f"{name or 'nothing'} is none of {names[0]} to {names[-1]}")
    return names.index(name[:3])


def _minutes(text: str) -> Minutes:
    if text in ("*", ""):
        return ALL_DAY
    first, _, last = text.partition("-")
    begin, end = (_minute(each) for each in (first, last or first))
    if begin <= end:
        return _until(end + 1) & ~_until(begin)
    return _until(end + 1) | ALL_DAY & ~_until(begin)


def _until(minute: int) -> Minutes:
    return (1 << minute) - 1


def _minute(text: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(f"{text} is no time of day{'' if colon else ' such as 09:00'}")
    return int(hour) * 60 + int(minute)
