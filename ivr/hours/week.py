"""Parsers for opening hours: days of the week, spans of a day, calendar days.

Each raises ValueError with what is wrong and what to write.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from ivr.problems import near

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span: TypeAlias = tuple[int, int]
"""Start and end in minutes from the day's 00:00; above 1440 it is the night after the day."""

_ALL_DAY: Final[Span] = (0, 1440)
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.ASCII)
_LEAP: Final = 2000
"""A year with every day."""
_LONGEST: Final = 366
_DATE: Final = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})", re.ASCII)


def days(text: str) -> frozenset[int]:
    """The weekdays (Monday is 0) of ``mon-fri``, ``sat``, ``fri-mon`` or ``tue, thu``."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.replace("–", "-").partition("-")
        begin = _weekday(first)
        end = _weekday(last) if dash else begin
        found.update((begin + number) % 7 for number in range((end - begin) % 7 + 1))
    return frozenset(found)


def spans(text: str) -> tuple[Span, ...]:
    """The spans of ``09:00-13:00, 14:00-18:00`` in order, of ``open`` or of ``closed`` (none)."""
    match text.strip():
        case "closed":
            return ()
        case "open":
            return (_ALL_DAY,)
        case "":
            raise ValueError("there are no hours: write 09:00-18:00, open or closed")
    found = tuple(sorted(map(_span, text.split(","))))
    for one, other in pairwise(found):
        if other[0] < one[1]:
            raise ValueError(
                f"{span_text(one)} and {span_text(other)} overlap: write one span of both"
            )
    return found


class ExceptionDays(NamedTuple):
    """The days from ``first`` to ``last``, or None for days of every year: ``yearly``, each as
    month and day."""

    first: date | None
    last: date | None
    yearly: tuple[tuple[int, int], ...] = ()

    def dates(self) -> Iterator[date]:
        """The days of a range with years."""
        if self.first is not None and self.last is not None:
            for number in range((self.last - self.first).days + 1):
                yield self.first + timedelta(number)


def exception_days(text: str) -> ExceptionDays:
    """The days of ``2026-12-31``, of ``12-31`` (every year), or of a range of one of the two:
    ``2026-12-31 to 2027-01-08``, ``12-31 - 01-02``. A range has at most 366 days."""
    first_text, *last_text = re.split(r"\s+(?:to|-|–)\s+", text, maxsplit=1)
    first = _day(first_text)
    last = _day(last_text[0]) if last_text else first
    if (first[0] is None) != (last[0] is None):
        raise ValueError(f"{text!r} has one year: write both days with it, or none")
    begin, end = (date(one[0] or _LEAP, *one[1:]) for one in (first, last))
    if first[0] is None:
        if end < begin:  # over the end of the year
            end = end.replace(year=_LEAP + 1)
        days_ = ExceptionDays(begin, end).dates()
        return ExceptionDays(None, None, tuple((each.month, each.day) for each in days_))
    if end < begin or (end - begin).days > _LONGEST:
        raise ValueError(f"{text!r} is no range: write the earlier day first, at most a year apart")
    return ExceptionDays(begin, end)


def _day(text: str) -> tuple[int | None, int, int]:
    """Year, month and day of ``2026-12-31``; the year is None for ``12-31`` (every year)."""
    text = text.strip()
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is no day: write 2026-12-31, or 12-31 for every year, or a range: "
            "12-31 to 01-02"
        )
    year, month, day = int(found[1]) if found[1] else None, int(found[2]), int(found[3])
    try:
        date(_LEAP if year is None else year, month, day)
    except ValueError:
        raise ValueError(f"the calendar has no {text}: write year-month-day") from None
    return year, month, day


def span_text(span: Span) -> str:
    """A span as text: 09:00-18:00."""
    begin, end = span
    return f"{clock(begin)}-{clock(end if end <= 1440 else end - 1440)}"


def clock(minute: int) -> str:
    """A minute of a day as text: 09:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _weekday(word: str) -> int:
    word = word.strip().casefold()
    if word not in WEEKDAYS:
        what = f"{word!r} is no weekday" if word else "a weekday is missing"
        raise ValueError(f"{what}: {near(word, WEEKDAYS)}")
    return WEEKDAYS.index(word)


def _span(text: str) -> Span:
    text = text.strip()
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no span: write one such as 09:00-18:00")
    begin, end = _time(found[1], found[2]), _time(found[3], found[4])
    if begin == 1440:
        raise ValueError(f"{text} begins when its day ends: write it on the next day, from 00:00")
    if begin == end:
        raise ValueError(f"{text} has no length: write 00:00-24:00 for the whole day, or closed")
    return begin, end if begin < end else end + 1440


def _time(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > 1440:
        raise ValueError(f"{hour}:{minute} is no time of day: write 00:00 to 24:00")
    return found
