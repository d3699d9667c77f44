"""Hours of every day, such as ``09:00-20:00``, in which callers may be called or texted."""

import re
from datetime import time
from typing import TypeAlias

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"

DayHours: TypeAlias = tuple[time, time]
"""From when until when; over midnight if the end is before the beginning."""


def day_hours(text: str) -> DayHours | None:
    """Read hours; None, which is always, for "". ``ValueError`` says what to write."""
    if not text:
        return None
    if not re.fullmatch(f"{_TIME}-{_TIME}", text):
        raise ValueError(f'hours is {text!r}: write it such as "09:00-20:00"')
    begin, _, end = text.partition("-")
    if begin == end:
        raise ValueError(f"hours is {text!r}, which is never: leave it empty for any time")
    return time.fromisoformat(begin), time.fromisoformat(end)


def in_hours(hours: DayHours | None, at: time) -> bool:
    """Whether a time of the day is within them."""
    if hours is None:
        return True
    begin, end = hours
    return begin <= at < end if begin <= end else at >= begin or at < end
