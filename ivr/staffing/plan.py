"""A day's plan: what is expected, how many agents that needs, and what the shifts make of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil

from msgspec import Struct

from ivr.staffing.erlang import Goal, Load, Service, needed, served
from ivr.staffing.forecast import SLOTS, Expected, Forecast
from ivr.staffing.shifts import SLOT, Shift, present

HALF_HOUR = 1800.0


class Line(Struct, frozen=True):
    """A half hour that begins at ``minute`` of the day.

    ``endless`` and ``patient`` are the agents who reach the goal if callers wait for ever (Erlang
    C) and if they give up (Erlang A; None where the patience is unknown), ``rostered`` those to be
    there for it, with who is away meanwhile; ``there``: those of the shifts, and how they
    ``serve``.
    """

    minute: int
    expected: Expected
    endless: int
    patient: int | None
    rostered: int
    there: float
    serve: Service | None


class Plan(Struct, frozen=True):
    """A day. ``hours`` are the agents' hours that are needed and that the shifts have; ``level`` is
    the service level of the day with these shifts, None without any."""

    day: date
    lines: tuple[Line, ...]
    calls: float
    hours_needed: float
    hours_there: float
    level: float | None
    examples: tuple[date, ...]


def plan(
    made: Forecast,
    goal: Goal,
    patience: float | None,
    shrinkage: float,
    shifts: Sequence[Shift] = (),
) -> Plan:
    """The plan of a forecast. ``patience`` of callers in seconds, None: unknown; ``shrinkage``: the
    part of their time that agents on a shift are in no queue (breaks, training, illness)."""
    there = present(shifts, made.day)
    lines = tuple(
        _line(slot, made.slots[slot], goal, patience, shrinkage, there[slot] if shifts else None)
        for slot in range(SLOTS)
    )
    return Plan(
        made.day,
        lines,
        made.calls,
        sum(one.rostered for one in lines) * SLOT / 60,
        sum(there) * SLOT / 60,
        _level(lines) if shifts else None,
        made.examples,
    )


def _line(
    slot: int,
    expected: Expected,
    goal: Goal,
    patience: float | None,
    shrinkage: float,
    there: float | None,
) -> Line:
    rate = expected.calls / HALF_HOUR
    endless = needed(Load(rate, expected.handling), goal)
    load = Load(rate, expected.handling, patience)
    patient = None if patience is None else needed(load, goal)
    least = endless if patient is None else patient
    serve = None
    if there is not None and expected.calls > 0:
        serve = served(load, int(there * (1 - shrinkage) + 1e-9), goal.within)
    rostered = ceil(least / (1 - shrinkage) - 1e-9)
    return Line(slot * SLOT, expected, endless, patient, rostered, there or 0.0, serve)


def _level(lines: Iterable[Line]) -> float | None:
    """Of all calls of the day, the part that is answered in time."""
    calls = [(one.expected.calls, one.serve.level) for one in lines if one.serve]
    total = sum(many for many, _ in calls)
    return sum(many * level for many, level in calls) / total if total else None
