"""What an author writes of opening hours."""

from datetime import date

import pytest

from ivr.hours.week import days, exception_days, spans


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat", {5}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Tue, thu–fri", {1, 3, 4}),
        ("sun-sat", set(range(7))),
    ],
)
def test_days(text: str, numbers: set[int]) -> None:
    assert days(text) == numbers


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("14:00-18:00, 09:00–13:00", ((540, 780), (840, 1080))),
        ("22:00-02:00", ((1320, 1560),)),
        ("18:00-00:00", ((1080, 1440),)),
        ("00:00-24:00", ((0, 1440),)),
        ("9:00-13:00,13:00-18:00", ((540, 780), (780, 1080))),
        ("open", ((0, 1440),)),
        ("closed", ()),
    ],
)
def test_spans(text: str, minutes: tuple[tuple[int, int], ...]) -> None:
    assert spans(text) == minutes


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "there are no hours: write 09:00-18:00"),
        ("09:00-25:00", "25:00 is no time of day: write 00:00 to 24:00"),
        ("09:00-09:60", "09:60 is no time of day"),
        ("24:01-09:00", "24:01 is no time of day"),
        ("09:00-09:00", "has no length: write 00:00-24:00 for the whole day"),
        ("24:00-02:00", "write it on the next day, from 00:00"),
        ("09:00-18:00,", "'' is no span: write one such as 09:00-18:00"),
        ("9-18", "'9-18' is no span"),
        ("٠٩:٠٠-١٨:٠٠", "is no span"),
        ("09:00-13:00, 12:00-18:00", "09:00-13:00 and 12:00-18:00 overlap: write one span"),
        ("22:00-02:00, 21:00-23:00", "21:00-23:00 and 22:00-02:00 overlap"),
    ],
)
def test_spans_that_are_none(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        spans(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mon-foo", "'foo' is no weekday: known: fri, mon"),
        ("monday", "'monday' is no weekday: did you mean mon?"),
        ("mon-", "a weekday is missing"),
        ("", "a weekday is missing"),
        ("mon,", "a weekday is missing"),
    ],
)
def test_days_that_are_none(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("?", r"\?")):
        days(text)


def test_days_of_the_calendar() -> None:
    year_end = date(2026, 12, 31)
    assert exception_days("2026-12-31") == (year_end, year_end, ())
    assert exception_days("02-29").yearly == ((2, 29),)
    assert exception_days("12-30 to 01-02").yearly == ((12, 30), (12, 31), (1, 1), (1, 2))
    for text in ("2026-12-31 to 2027-01-02", "2026-12-31 - 2027-01-02", "2026-12-31 – 2027-01-02"):
        assert len(list(exception_days(text).dates())) == 3
    for text, fault in {
        "31.12.2026": "is no day: write 2026-12-31, or 12-31 for every year",
        "2026-1-1": "is no day",
        "2026-02-29": "the calendar has no 2026-02-29",
        "0000-01-01": "the calendar has no 0000-01-01",
        "13-01": "the calendar has no 13-01",
        "2026-12-31 to 01-02": "has one year: write both days with it, or none",
        "2027-01-02 to 2026-12-31": "is no range: write the earlier day first",
        "2026-01-01 to 2028-01-01": "at most a year apart",
    }.items():
        with pytest.raises(ValueError, match=fault):
            exception_days(text)
