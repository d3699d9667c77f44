"""Whole sets of menus: kept one time, listed, and forgotten when there are too many."""

from datetime import timedelta

import pytest

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
