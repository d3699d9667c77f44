"""Times as command line arguments."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ivr.hours.schedule import LONGEST

HELP: Final = "2h, 30m, 3d, 18:00 (the next one) or 2026-12-31T18:00, in the site's time zone."

SINCE_HELP: Final = "7d, 12h (ago) or 2026-11-01T18:00 or 2026-11-01, in the site's time zone."

_AFTER = re.compile(r"(?=[0-9])(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,4})m)?")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def when(text: str, now: datetime) -> datetime:
    """The time of a text such as ``2h`` or ``18:00``, relative to ``now`` and in its time zone.

    Raises ``ValueError``, which says what is wrong and what to write.
    """
    after, clock = _AFTER.fullmatch(text), _CLOCK.fullmatch(text)
    if after:
        days, hours, minutes = (int(part or 0) for part in after.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes)
        return (now.astimezone(UTC) + span).astimezone(now.tzinfo)
    try:
        if clock:
            hour, minute = map(int, clock.groups())
            found = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
            return found if found > now else found + timedelta(days=1)
        if ":" in text and re.match("(19|2[0-9])[0-9]{2}-", text):
            found = datetime.fromisoformat(text)
            return found.replace(tzinfo=now.tzinfo) if found.tzinfo is None else found
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a time: write {HELP}")


def until(text: str, now: datetime) -> datetime:
    """A time in the future, within a year."""
    found = when(text, now)
    if found <= now:
        raise ValueError(f"{text} is in the past: write a future time")
    if found > now + LONGEST:
        raise ValueError(f"{text} is more than a year away: write an earlier time")
    return found


def since(text: str, now: datetime) -> datetime:
    """A time in the past: a duration ago, a date and time, or the start of a day."""
    day = f"{text}T00:00" if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else text
    found = now
    try:
        if _AFTER.fullmatch(text):
            found = now - (when(text, now) - now)
        elif "-" in day:
            found = when(day, now)
    except ValueError:
        pass
    if found >= now:
        raise ValueError(f"{text!r} is not a time in the past: write {SINCE_HELP}")
    return found
