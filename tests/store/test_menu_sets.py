"""Whole sets of menus: kept one time, listed, and forgotten when there are too many."""

from datetime import timedelta
from pathlib import Path

import pytest

from ari_app.main.releases import keep_set
from ari_app.main.rollback import restore_set
from ari_app.menus.files import Directories
from ari_app.menus.live import Release
from ari_app.store import menu_sets
from ari_app.store.db import Store
from ari_app.store.menu_sets import MenuSet
from tests.store.samples import NOON

FIRST = MenuSet(0, NOON, "anna", "start")
SECOND = MenuSet(0, NOON + timedelta(hours=1), "", "watch", ("flow 611: new",))


async def kept(store: Store, new: MenuSet, **files: str) -> int | None:
    """Keep a set whose contents are their own hashes."""
    for hash_ in await store.read(menu_sets.unknown, files.values()):
        await store.write(menu_sets.put, hash_, hash_.encode())
    return await store.write(menu_sets.keep, new, files)


async def test_sets_are_listed_and_share_their_contents(store: Store) -> None:
    assert await kept(store, FIRST, flow="one", prompt="words") == 1
    assert await kept(store, SECOND, flow="one", prompt="words") is None, "nothing changed"
    assert await kept(store, SECOND, flow="two", prompt="words") == 2
    first, second = await store.read(menu_sets.listed)
    assert (first.id, first.by, first.changes) == (2, "", ("flow 611: new",))
    assert (second.id, second.at, second.by, second.how) == (1, NOON, "anna", "start")
    assert await store.read(menu_sets.files_of, 1) == {"flow": "one", "prompt": "words"}
    assert await store.read(menu_sets.content, "one") == b"one"
    assert await store.read(menu_sets.unknown, ["one", "three"]) == {"three"}
    assert await store.read(menu_sets.files_of, 7) == {}


async def test_the_oldest_are_forgotten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu_sets, "KEPT", 2)
    for number in range(4):
        await kept(store, FIRST, flow=f"text {number}", prompt="words")
    assert [one.id for one in await store.read(menu_sets.listed)] == [4, 3]
    every = [*(f"text {number}" for number in range(4)), "words"]
    assert await store.read(menu_sets.unknown, every) == {"text 0", "text 1"}
    assert await store.read(menu_sets.files_of, 1) == {}


async def test_a_set_that_was_kept_aside_comes_into_force(store: Store) -> None:
    aside = MenuSet(0, NOON, "anna", menu_sets.ASIDE)
    assert await kept(store, FIRST, flow="one") == 1
    assert await kept(store, aside, flow="two") == 2
    assert await kept(store, aside, flow="two") is None
    assert await kept(store, SECOND, flow="two") == 3
    assert await kept(store, SECOND, flow="two") is None


async def test_the_oldest_set_can_be_restored(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though what is on the disk is kept aside before, and pushes it out."""
    monkeypatch.setattr(menu_sets, "KEPT", 2)
    flow, where = tmp_path / "menus" / "a.yaml", Directories(tmp_path / "menus", tmp_path / "none")
    flow.parent.mkdir()
    for text in ("first", "second"):
        flow.write_text(text)
        await keep_set(store, where, Release("reload", "anna"))
    flow.write_text("not in force")
    restored = await restore_set(store, where, 1, "anna")
    assert (flow.read_text(), restored.aside, restored.to.id) == ("first", 3, 1)
