"""Moments as somebody types them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ari_app.commands.time_arguments import until, when

FAR = "9999-12-31T23:59"
NOW = datetime(2026, 11, 23, 17, 30, 15, tzinfo=ZoneInfo("Europe/Minsk"))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2026-11-23T19:30:15+03:00"),
        ("30m", "2026-11-23T18:00:15+03:00"),
        ("1d2h5m", "2026-11-24T19:35:15+03:00"),
        ("18:00", "2026-11-23T18:00:00+03:00"),
        ("9:05", "2026-11-24T09:05:00+03:00"),
        ("2026-12-31T18:00", "2026-12-31T18:00:00+03:00"),
        ("2026-12-31 18:00", "2026-12-31T18:00:00+03:00"),
        ("2026-12-31T18:00+01:00", "2026-12-31T18:00:00+01:00"),
        ("2020-12-31T18:00", "2020-12-31T18:00:00+03:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert when(text, NOW).isoformat() == moment


def test_hours_are_counted_and_not_shown_by_the_clock() -> None:
    evening = datetime(2026, 3, 28, 22, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert when("6h", evening).isoformat() == "2026-03-29T05:00:00+02:00"
    assert when("22:00", evening).astimezone(UTC).isoformat() == "2026-03-29T20:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "h", "2", "24:00", "9:60", "tomorrow", "2026-12-31", "2h ", FAR]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time: write 2h, 30m, 3d, 18:00"):
        when(text, NOW)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0m", "0m is in the past"),
        ("2026-11-23T17:00", "is in the past: write a future time"),
        ("9999d", "9999d is more than a year away"),
        ("2026-11-23T17:00+05:00", "is in the past"),
    ],
)
def test_an_end_is_to_come_within_a_year(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        until(text, NOW)
