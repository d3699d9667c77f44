"""When those who asked for it are called back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ari_app.config.callback_settings import CallbackSettings
from tests.callbacks.model import NOON, POLICY


@pytest.mark.parametrize(
    ("hour", "calls"), [(21, True), (23, True), (2, True), (3, False), (12, False), (20, False)]
)
def test_hours_may_go_over_midnight(hour: int, calls: bool) -> None:
    night = replace(POLICY, hours=(time(21), time(3)))
    assert night.calls_at(NOON.replace(hour=hour)) == calls


@pytest.mark.parametrize("asked", [20, 23, 3])
def test_the_time_in_which_one_is_called_back_begins_when_calls_do(asked: int) -> None:
    """In the zone of the site, three hours before UTC."""
    zone, keep = "Europe/Minsk", timedelta(hours=8)
    policy = replace(POLICY, hours=(time(9), time(20)), zone=zone, keep=keep)
    due = datetime(2026, 11, 25, asked, 5, tzinfo=ZoneInfo(zone))
    ends = datetime(2026, 11, 25 + (asked >= 9), 17, tzinfo=ZoneInfo(zone))
    assert policy.ends(due.astimezone(UTC)) == ends
    within = due.replace(hour=19)
    assert policy.ends(within) == within + keep
    assert POLICY.ends(due) == due + POLICY.keep


def test_equal_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="never"):
        CallbackSettings(hours="20:00-20:00")


def test_the_hours_of_the_settings_are_said_when_they_are_none() -> None:
    assert CallbackSettings(hours="09:00-20:30").policy("UTC").hours == (time(9), time(20, 30))
    assert CallbackSettings().policy("UTC").hours is None
    for wrong in ("9-20", "09:00-24:00", "09:00", "09:00-20:00 "):
        with pytest.raises(ValueError, match="write it such as"):
            CallbackSettings(hours=wrong)
