"""Forecasts, shifts and plans on histories that are known."""

from datetime import date, timedelta

import pytest

from ivr.staffing.erlang import Goal
from ivr.staffing.forecast import Came, Day, error, forecast, patience
from ivr.staffing.plan import plan
from ivr.staffing.shifts import Shift, fault, present

MONDAY = date(2026, 11, 30)
TEN = 20
"""The half hour that begins at ten."""


def day(calls: int, handling: float = 180.0) -> Day:
    return {TEN: Came(calls, calls, calls * handling)}


def weeks(many: int, calls: int = 100, day_: date = MONDAY) -> dict[date, Day]:
    return {day_ - timedelta(weeks=each): day(calls) for each in range(1, many + 1)}


def test_a_day_is_like_the_same_weekday_of_the_last_weeks() -> None:
    history = weeks(3) | {MONDAY - timedelta(days=1): day(900), MONDAY: day(7)}
    made = forecast(history, MONDAY)
    assert made.slots[TEN].calls == pytest.approx(100)
    assert made.slots[TEN].varies == pytest.approx(0, abs=1e-6)
    assert made.slots[TEN].handling == pytest.approx(180)
    assert made.slots[TEN + 1].calls == 0
    assert made.examples == tuple(MONDAY - timedelta(weeks=each) for each in (1, 2, 3))
    assert made.calls == pytest.approx(100)


def test_the_last_weeks_count_more_and_old_ones_not_at_all() -> None:
    history = weeks(20, 100) | {MONDAY - timedelta(weeks=1): day(200)}
    made = forecast(history, MONDAY)
    assert len(made.examples) == 8
    assert 120 < made.slots[TEN].calls < 150
    assert made.slots[TEN].varies > 30


def test_a_holiday_is_like_a_holiday_else_like_a_sunday() -> None:
    easter = MONDAY - timedelta(days=200)
    sundays = weeks(3, 20, MONDAY - timedelta(days=1) + timedelta(weeks=1))
    history = weeks(5) | sundays
    assert forecast(history, MONDAY, {MONDAY}).slots[TEN].calls == pytest.approx(20)
    history[easter] = day(5)
    assert forecast(history, MONDAY, {MONDAY, easter}).slots[TEN].calls == pytest.approx(5)


def test_a_holiday_is_no_example_of_a_working_day() -> None:
    history = weeks(3) | {MONDAY - timedelta(weeks=2): day(4)}
    made = forecast(history, MONDAY, {MONDAY - timedelta(weeks=2)})
    assert made.slots[TEN].calls == pytest.approx(100)


def test_without_a_history_nothing_is_expected() -> None:
    made = forecast({}, MONDAY, otherwise=200)
    assert (made.calls, made.examples, made.slots[TEN].handling) == (0, (), 200)
    assert error({}, [MONDAY]) is None


def test_its_error_is_that_of_days_that_are_known() -> None:
    history = weeks(4) | {MONDAY: day(80)}
    assert error(history, [MONDAY]) == pytest.approx(20 / 80)


def test_patience_is_all_that_was_waited_by_who_gave_up() -> None:
    assert patience(10, 1200) == 120
    assert patience(0, 1200) is None


def test_a_shift_is_there_but_in_its_breaks_and_over_midnight() -> None:
    early = Shift("09:00-13:00, 13:45-17:00", "mon-fri", 4)
    night = Shift("22:00-02:00", "sun", 2)
    found = present([early, night], MONDAY)
    assert (found[17], found[18], found[26], found[27], found[28]) == (0, 4, 0, 2, 4)
    assert found[0:4] == [2, 2, 2, 2]
    assert found[44:] == [0, 0, 0, 0]
    assert present([night], MONDAY - timedelta(days=1))[44:] == [2, 2, 2, 2]
    assert fault(early) == ""
    assert "no weekday" in fault(Shift("09:00-17:00", "someday", 1))


def test_a_plan_has_both_formulas_and_what_the_shifts_make_of_it() -> None:
    goal = Goal(0.8, 20)
    made = plan(forecast(weeks(3), MONDAY), goal, 60.0, 0.3, [Shift("10:00-12:00", "mon", 15)])
    line = made.lines[TEN]
    assert (line.minute, line.endless, line.patient) == (600, 14, 11)
    assert line.rostered == 16  # 11 / 0.7
    assert line.there == 15
    assert line.serve is not None
    assert line.serve.level == pytest.approx(made.level or 0)
    assert 0.5 < line.serve.level < 0.8  # 10 of 15 are there
    assert (made.hours_needed, made.hours_there) == (8, 30)
    assert made.lines[TEN + 1].rostered == 0
    endless = plan(forecast(weeks(3), MONDAY), goal, None, 0.0)
    assert (endless.lines[TEN].patient, endless.lines[TEN].rostered) == (None, 14)
    assert (endless.level, endless.lines[TEN].serve) == (None, None)
