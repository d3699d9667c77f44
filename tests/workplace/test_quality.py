"""Calibrations, in a real store."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.config.settings import QualitySettings
from ari_app.store import agents, quality
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.times import moment
from ari_app.workplace.quality import StoredQuality, card_files, sampled
from ivr.secret import Secret
from tests.store.quality_statements import SCORE
from tests.store.test_quality import AT as CALLED
from tests.store.test_quality import db, talked
from tests.workplace.test_cards import AT
from tests.workplace.test_notes_and_tickets import store

__all__ = ["db", "store"]


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


def test_what_has_a_score_stays_on_the_page_of_its_week(db: Database) -> None:
    stays = [talked(db, f"1.{n}", "anna", 60) for n in range(4)]
    [first] = sampled(db, CALLED, CALLED + 1, 0, 1)
    assert first.stay.id in stays
    for stay in stays:
        quality.put(db, replace(SCORE, stay=stay, agent="anna", called=moment(CALLED)))
    found = sampled(db, CALLED, CALLED + 1, 0, 1)
    assert sorted(one.stay.id for one in found) == stays
    assert all(one.scores for one in found)
    assert sampled(db, CALLED + 1, CALLED + 2, 0, 1) == []
