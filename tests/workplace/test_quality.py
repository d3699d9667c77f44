"""Calibrations, in a real store."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.config.settings import QualitySettings
from ari_app.store import agents, quality
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.workplace.quality import StoredQuality, card_files
from ivr.secret import Secret
from tests.store.quality_statements import SCORE
from tests.workplace.test_cards import AT
from tests.workplace.test_notes_and_tickets import store

__all__ = ["store"]


@pytest.fixture
def stored(store: Store, tmp_path: Path) -> StoredQuality:
    files = card_files(tmp_path, lambda: None)
    return StoredQuality(store, files, QualitySettings(), "UTC", lambda: AT)


async def test_who_has_left_is_not_waited_for(store: Store, stored: StoredQuality) -> None:
    for phone, name in enumerate(("boss", "chief"), 821):
        one = Agent(name, name, str(phone), ("ru",), str(phone), Secret("word"))
        await store.write(agents.add, [replace(one, role="supervisor")])
    id = await stored.calibrate(9, SCORE.card, "boss", ["boss", "chief"])
    await store.write(quality.put, replace(SCORE, calibration=id))
    begun = await stored.calibration(id)
    assert begun is not None
    assert not begun.complete
    await store.write(agents.remove, "chief", AT)
    [over] = await stored.calibrations()
    assert over.complete
    assert over.scorers == ("boss",)
    await store.write(agents.remove, "boss", AT)
    assert await stored.calibration(id) == over, "who has scored stays"
