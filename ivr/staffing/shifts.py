"""Shifts against what is needed: who is there in each half hour of a day."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from ivr.hours.week import days, spans
from ivr.staffing.forecast import SLOTS

SLOT = 1440 // SLOTS
"""Minutes of a half hour."""


class Shift(Struct, frozen=True):
    """A shift: ``hours`` as in opening hours, with its breaks left out (``09:00-13:00,
    14:00-18:00``), ``days`` (``mon-fri``), and how many agents work it. What goes over midnight
    belongs to the day on which it begins."""

    hours: str
    days: str
    agents: int


def fault(shift: Shift) -> str:
    """What is wrong with a shift; "" if nothing is."""
    try:
        days(shift.days)
        spans(shift.hours)
    except ValueError as error:
        return str(error)
    return ""


def present(shifts: Iterable[Shift], day: date) -> Sequence[float]:
    """How many agents are there in each half hour of a day, parts of it as parts of an agent."""
    found = [0.0] * SLOTS
    for shift in shifts:
        on = days(shift.days)
        for begin, end in spans(shift.hours):
            for weekday, moved in ((day.weekday(), 0), ((day.weekday() - 1) % 7, 1440)):
                if weekday in on:
                    for slot in range(SLOTS):
                        first = slot * SLOT
                        part = min(end - moved, first + SLOT) - max(begin - moved, first)
                        found[slot] += shift.agents * max(0, part) / SLOT
    return found
