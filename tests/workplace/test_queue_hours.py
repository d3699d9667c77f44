"""Whether a queue is open, by the schedule that its settings name."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ari_app.config.settings import Config
from ari_app.store.db import Store
from ari_app.store.forced_hours import ForcedHours, force
from ari_app.workplace.queue_hours import QueueHours
from asterisk_conf.parts import QueueSettings
from ivr.hours.schedule import Forced, Schedule
from tests.operators import BELARUS

OFFICE = Schedule(schedule="office", timezone="Europe/Minsk", week={"mon-fri": "09:00-18:00"})
MONDAY_NOON = datetime(2026, 11, 30, 9, tzinfo=UTC)  # 12:00 in Minsk


async def test_by_its_schedule_and_what_is_forced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    now = [MONDAY_NOON]
    forced = await ForcedHours.load(store, MONDAY_NOON)
    queues = {
        "claims": QueueSettings(hours="office"),
        "support": QueueSettings(hours="nights"),
        "technical": QueueSettings(),
    }
    is_open = QueueHours(Config(queues=queues), lambda: {"office": OFFICE}, forced, lambda: now[0])
    assert [is_open(name) for name in ("claims", "claims-en", "technical", "own")] == [True] * 4
    assert is_open("support"), "its schedule is not there"
    assert is_open("support")
    assert caplog.text.count("queue support counts as open") == 1
    now[0] = MONDAY_NOON + timedelta(hours=9)
    assert [is_open(name) for name in ("claims", "claims-en", "technical")] == [False, False, True]
    until = now[0] + timedelta(hours=1)
    await store.write(force, "office", Forced("open", until, "anna", "late"), now[0])
    await forced.refresh(now[0])
    assert is_open("claims")
    await store.close()
