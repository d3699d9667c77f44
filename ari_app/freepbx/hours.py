"""Time conditions in a row as one question for opening hours."""

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ari_app.freepbx.calendar import ALL_DAY, Minutes, When, met
from ari_app.freepbx.company import Company, Condition
from ari_app.freepbx.destinations import destination


class Question(NamedTuple):
    """When it is open, and where a call then goes; ``parts`` are the conditions that it is of."""

    open: When
    yes: str
    no: str
    zone: str
    parts: tuple[Condition, ...]


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name; "" is that of the system."""
    try:
        return not name or bool(ZoneInfo(name))
    except (KeyError, OSError, ValueError):
        return False


def question(company: Company, condition: Condition, above: Iterable[str] = ()) -> Question:
    """The question that a condition asks, together with those behind it that lead to the same.

    Holidays are often a condition before the hours: met, it leads where the hours lead when they
    are not. Conditions of two zones stay apart.
    Raises :class:`~ari_app.freepbx.errors.SourceError` for unreadable times.
    """
    own = Question(
        met(condition.times), condition.met, condition.unmet, condition.zone, (condition,)
    )
    for behind, other, is_met in (
        (condition.unmet, condition.met, True),
        (condition.met, condition.unmet, False),
    ):
        kind, key = destination(behind)
        following = company.conditions.get(key) if kind == "condition" else None
        if following is None or not following.times or key in (condition.id, *above):
            continue
        inner = question(company, following, (*above, condition.id))
        zones = {condition.zone, inner.zone} - {""}
        if other in (inner.yes, inner.no) and len(zones) < 2:
            found = _joined(own.open, inner.open, is_met, other == inner.yes)
            zone = next(iter(zones), "")
            return Question(found, inner.yes, inner.no, zone, (condition, *inner.parts))
    return own


def _joined(first: When, second: When, decides_met: bool, opens: bool) -> When:
    """Open as ``second`` is, but where ``first`` is met (or is not): there it is as ``opens``."""

    def at(month: int, day: int, weekday: int) -> Minutes:
        deciding = first(month, day, weekday)
        if not decides_met:
            deciding ^= ALL_DAY
        rest = second(month, day, weekday) & ~deciding
        return rest | deciding if opens else rest

    return at
