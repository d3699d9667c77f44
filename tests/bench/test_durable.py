"""What was acknowledged before a `kill -9` is stored; and what is not would be found."""

from pathlib import Path
from random import Random

import pytest

from ari_app.workplace.cards import StoredCards
from tests.bench.durable import rounds


def test_what_was_acknowledged_is_stored(tmp_path: Path) -> None:
    for one in rounds(tmp_path / "firstline.db", 2, 0.4, Random(7)):
        assert one.missing == ()
        assert one.damage == ""
        assert sum(one.acknowledged.values()) > 0


def test_what_is_acknowledged_too_early_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unsaved(*_: object) -> None:
        """It is acknowledged, and nothing is stored."""

    monkeypatch.setattr(StoredCards, "save", unsaved)
    [one] = rounds(tmp_path / "firstline.db", 1, 0.2, Random(7))
    assert one.missing
