"""What comes on a day, from what came on the days before that were like it.

The forecast of a half hour is the mean of the same half hour of the same weekday in the last weeks,
where a week counts for :data:`FADES` of the one after it. Holidays are like the holidays before
them; where there were none yet, like Sundays. A day on which nothing came at all, such as one of
before the first call, is no example.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import sqrt

from msgspec import Struct

SLOTS = 48
"""Half hours of a day."""
WEEKS = 8
"""How many weeks back a forecast looks."""
FADES = 0.8
HOLIDAYS_BACK = 400
"""For how many days back holidays are examples of a holiday."""
ENOUGH = 30
"""Conversations from which a half hour has a mean length of its own."""
SUNDAY = 6


class Came(Struct, frozen=True):
    """What came in a half hour: callers, without those who left at once; conversations that ended,
    and the seconds that agents had for them, with wrap-up."""

    calls: int = 0
    handled: int = 0
    seconds: float = 0.0


Day = Mapping[int, Came]
"""Half hour of the day, from 0 to 47 -> what came."""


class Expected(Struct, frozen=True):
    """What is expected in a half hour: ``calls``, by how many it has varied (one standard
    deviation), and ``handling``, the seconds of each."""

    calls: float
    varies: float
    handling: float


class Forecast(Struct, frozen=True):
    """A day as it is expected, by half hours, and the days it was made from."""

    day: date
    slots: tuple[Expected, ...]
    examples: tuple[date, ...]

    @property
    def calls(self) -> float:
        """Callers of the whole day."""
        return sum(one.calls for one in self.slots)


def forecast(
    history: Mapping[date, Day],
    day: date,
    holidays: Collection[date] = frozenset(),
    otherwise: float = 240.0,
) -> Forecast:
    """A day from the history before it; ``otherwise``: the seconds of a conversation where none has
    ended yet."""
    examples = _examples(history, day, holidays)
    weights = [FADES ** (((day - each).days - 1) // 7) for each in examples]
    overall = _handling((came for each in history.values() for came in each.values()), otherwise)
    slots = tuple(
        _expected([history[each].get(slot, Came()) for each in examples], weights, overall)
        for slot in range(SLOTS)
    )
    return Forecast(day, slots, tuple(examples))


def error(
    history: Mapping[date, Day], days: Iterable[date], holidays: Collection[date] = frozenset()
) -> float | None:
    """By how much the forecasts of these days, each from what was known before it, would have been
    wrong: the differences of all half hours by all calls; None where nothing came."""
    wrong = total = 0.0
    for day in days:
        if day not in history:
            continue
        before = {each: came for each, came in history.items() if each < day}
        made = forecast(before, day, holidays)
        if not made.examples:
            continue
        for slot, one in enumerate(made.slots):
            calls = history[day].get(slot, Came()).calls
            wrong += abs(one.calls - calls)
            total += calls
    return wrong / total if total else None


def patience(abandoned: int, waited: float) -> float | None:
    """The mean patience of callers, in seconds, if it is exponential (maximum likelihood, with who
    was answered as censored): all seconds that anybody waited, by those who gave up. None: none
    did."""
    return waited / abandoned if abandoned > 0 else None


def _examples(history: Mapping[date, Day], day: date, holidays: Collection[date]) -> Sequence[date]:
    """The days that a day is like, the newest first."""
    known = [each for each in sorted(history, reverse=True) if each < day and history[each]]
    if day in holidays:
        since = day - timedelta(days=HOLIDAYS_BACK)
        if found := [each for each in known if each in holidays and each >= since]:
            return found[:WEEKS]
    weekday = SUNDAY if day in holidays else day.weekday()
    since = day - timedelta(weeks=WEEKS)
    usual = [each for each in known if each >= since and each not in holidays]
    return [each for each in usual if each.weekday() == weekday]


def _expected(came: Sequence[Came], weights: Sequence[float], overall: float) -> Expected:
    total = sum(weights)
    if not total:
        return Expected(0.0, 0.0, overall)
    calls = sum(one.calls * weight for one, weight in zip(came, weights, strict=True)) / total
    squares = (weight * (one.calls - calls) ** 2 for one, weight in zip(came, weights, strict=True))
    return Expected(calls, sqrt(sum(squares) / total), _handling(came, overall, ENOUGH))


def _handling(came: Iterable[Came], otherwise: float, enough: int = 1) -> float:
    handled, seconds = 0, 0.0
    for one in came:
        handled, seconds = handled + one.handled, seconds + one.seconds
    return seconds / handled if handled >= enough else otherwise
