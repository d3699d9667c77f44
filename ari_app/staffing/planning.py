"""Plans a day from the history in the store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.config.settings import Config
from ari_app.store import quarters
from ari_app.store.quarters import Arrivals
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.acd.figures import SECOND
from ivr.hours.week import exception_days
from ivr.staffing.erlang import Goal
from ivr.staffing.forecast import HOLIDAYS_BACK, WEEKS, Came, Day, error, forecast, patience
from ivr.staffing.plan import Plan, plan
from ivr.staffing.shifts import SLOT, Shift

PROVED = 14
"""The last days that forecasts are proved by."""
USUAL = 240.0
"""Seconds of a conversation where none has ended yet."""
ANSWERED_IN = 30
"""Seconds in which callers of a queue without settings are to be answered."""


class Wanted(Struct, frozen=True):
    """What is to be planned: a day, a queue ("" for all of them as one), the goal, the part of
    their time that agents are away, and other numbers of agents of shifts."""

    day: date
    queue: str = ""
    goal: Goal = Goal(0.8, ANSWERED_IN, 0.85)
    shrinkage: float = 0.3
    agents: Mapping[str, int] = {}


class Planned(Struct, frozen=True):
    """A plan, and what it stands on: ``error`` of the forecasts of the last two weeks, as a part of
    all calls; ``patience`` in seconds; both None where they are unknown. ``shifts`` by name."""

    plan: Plan
    error: float | None
    patience: float | None
    shifts: Mapping[str, Shift]


def usual(config: Config, day: date, queue: str = "") -> Wanted:
    """What the settings want of a day."""
    staffing, known = config.staffing, config.queues
    chosen = [known[queue]] if queue in known else known.values() if not queue else ()
    within: float = min((one.service_level for one in chosen), default=ANSWERED_IN)
    within = float(within or ANSWERED_IN)
    goal = Goal(min(0.99, config.board.service_goal / 100), within, staffing.occupancy)
    return Wanted(day, queue, goal, staffing.shrinkage)


def history(db: Database, config: Config, wanted: Wanted, today: date) -> Sequence[Arrivals]:
    """What the store knows of the days before the wanted one that are over ``today``."""
    zone, day = ZoneInfo(config.site.timezone), wanted.day
    holiday = day in _holidays(config.staffing.holidays, day)
    back = HOLIDAYS_BACK if holiday else 7 * WEEKS + PROVED
    until = _begin(min(day, today), zone)
    return quarters.arrivals(db, _begin(day - timedelta(back), zone), until, wanted.queue or None)


def planned(came: Sequence[Arrivals], config: Config, wanted: Wanted) -> Planned:
    """The plan of a day from its :func:`history`; it takes a part of a second."""
    days = _days(came, ZoneInfo(config.site.timezone))
    holidays = _holidays(config.staffing.holidays, wanted.day)
    known = config.staffing.patience or _patience(came)
    shifts = {
        name: Shift(one.hours, one.days, wanted.agents.get(name, one.agents))
        for name, one in config.shifts.items()
        if not wanted.queue or one.queue == wanted.queue
    }
    made = forecast(days, wanted.day, holidays, USUAL)
    proved = sorted(days)[-PROVED:]
    return Planned(
        plan(made, wanted.goal, known, wanted.shrinkage, tuple(shifts.values())),
        error(days, proved, holidays),
        known,
        shifts,
    )


def queues(config: Config) -> Sequence[str]:
    """The queues of which a plan can be made."""
    return tuple(dict.fromkeys((*config.site.queues, *config.queues)))


def _begin(day: date, zone: ZoneInfo) -> int:
    """When a day begins at the site."""
    return micros(datetime.combine(day, time(), zone))


def _days(came: Iterable[Arrivals], zone: ZoneInfo) -> dict[date, Day]:
    """What came, by the days and half hours of the site."""
    found: defaultdict[date, dict[int, Came]] = defaultdict(dict)
    for one in came:
        at = moment(one.at).astimezone(zone)
        day, slot = found[at.date()], (at.hour * 60 + at.minute) // SLOT
        before = day.get(slot, Came())
        day[slot] = Came(
            before.calls + one.calls,
            before.handled + one.handled,
            before.seconds + one.handling / SECOND,
        )
    return dict(found)


def _patience(came: Sequence[Arrivals]) -> float | None:
    waited = sum(one.waited for one in came) / SECOND
    return patience(sum(one.abandoned for one in came), waited)


def _holidays(written: Iterable[str], day: date) -> frozenset[date]:
    """The holidays of the years around a day."""
    found: set[date] = set()
    for each in written:
        days = exception_days(each)
        found.update(days.dates())
        for year in (day.year - 2, day.year - 1, day.year, day.year + 1):
            for month, number in days.yearly:
                with suppress(ValueError):  # the 29th of February
                    found.add(date(year, month, number))
    return frozenset(found)
