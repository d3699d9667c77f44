"""Canaries where the disk, the store or somebody's edits come in between."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ari_app.main import canary_files
from ari_app.main.canary import EDITED, RUNS
from ari_app.main.releases import keep_set
from ari_app.main.rollback import NoSuchSet, end_canary, restore_set
from ari_app.menus.live import MenuRelease, Release
from ari_app.store import canaries
from ari_app.store.errors import StoreError
from tests.main.canary_site import BROKEN, Site
from tests.session.scripted import FLOW

GOOD = FLOW.replace('"9": legal', '"8": legal')
OTHER = FLOW.replace('"9": legal', '"7": legal')


async def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


async def test_a_full_disk_does_not_put_the_bad_menus_in_force(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The share ends at once; the files are the old ones as soon as they can be written."""
    await site.canaries.begin(50, 7 * 86400, "vera")
    await site.callers(100)
    with monkeypatch.context() as disk:
        disk.setattr(canary_files, "restore_set", _full)
        await site.canaries.look()
        assert site.menus.canary is None
        assert site.menus.now.menus.sources["611"] == FLOW
        assert (await site.last()).why.endswith("No space left on device")
        assert "No space left" in site.mails[0]
        await site.canaries.look()
    assert site.flow.read_text() == BROKEN
    await site.canaries.look()
    assert site.flow.read_text() == FLOW
    assert site.menus.now.menus.sources["611"] == FLOW
    assert len(site.mails) == 1


async def test_what_was_tried_becomes_whole_not_what_was_edited_since(site: Site) -> None:
    site.flow.write_text(GOOD)
    await site.canaries.begin(50, 3600, "vera")
    await site.callers(100)
    site.flow.write_text(OTHER)
    site.now += timedelta(hours=1)
    await site.canaries.look()
    assert site.menus.now.menus.sources["611"] == site.flow.read_text() == GOOD
    over = await site.last()
    assert (over.end, "edited meanwhile" in over.why) == ("whole", True)


async def test_a_reload_of_other_menus_is_not_their_success(site: Site) -> None:
    await site.canaries.begin(50, 3600, "vera")
    site.flow.write_text(OTHER)
    await site.menus.reload("reload", "oleg")
    over = await site.last()
    assert (over.end, over.ended_by) == ("rolled back", "oleg")
    assert over.why == "reload; but others than the new menus are in force"


async def test_an_end_is_stored_later_if_the_store_fails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.canaries.begin(50, 3600, "vera")
    write = site.store.write

    async def fails(fn: Any, *args: Any) -> Any:
        if fn is canaries.finish:
            raise StoreError("locked")
        return await write(fn, *args)

    with monkeypatch.context() as broken:
        broken.setattr(site.store, "write", fails)
        await site.menus.reload("reload", "vera")
    assert (await site.last()).ended is None
    await site.canaries.look()
    assert (await site.last()).end == "whole"


async def test_later_menus_are_not_undone_by_a_restart(site: Site) -> None:
    """Its end was not stored, as the application died before; all have used the new menus since."""
    await site.canaries.begin(50, 3600, "vera")
    await keep_set(site.store, site.where, Release("reload", "vera"))
    await site.start()
    assert site.menus.canary is None
    assert site.menus.now.menus.sources["611"] == BROKEN
    assert (await site.last()).end == "whole"


async def test_one_that_is_over_in_the_store_has_no_callers(site: Site) -> None:
    await site.canaries.begin(50, 3600, "vera")
    await site.store.write(canaries.finish, 1, site.now, "rolled back", "", "")
    await site.canaries.look()
    assert site.menus.canary is None
    assert (await site.canaries.begin(50, 3600, "vera")).problems == ()


async def test_two_at_one_moment(site: Site) -> None:
    found = await asyncio.gather(*(site.canaries.begin(20, 3600, who) for who in ("a", "b")))
    assert sorted(one.problems for one in found) == [(), (RUNS,)]


async def test_a_rollback_while_it_is_down_ends_it(site: Site) -> None:
    await site.canaries.begin(50, 3600, "vera")
    restored = await restore_set(site.store, site.where, None, "oleg")
    await end_canary(site.store, restored.to.id, "oleg")
    await site.start()
    assert site.menus.canary is None
    over = await site.last()
    assert (over.end, over.ended_by) == ("rolled back", "oleg")


@pytest.mark.parametrize("error", [NoSuchSet("it is gone"), OSError("unreadable")])
async def test_new_menus_that_cannot_be_read_again_are_rolled_back(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    await site.canaries.begin(50, 3600, "vera")
    tried = (await site.last()).tried
    read = site.read

    def fails(directory: Path) -> MenuRelease:
        if directory.parent.name == str(tried):
            raise error
        return read(directory)

    monkeypatch.setattr(site, "read", fails)
    await site.start()
    assert site.menus.canary is None
    assert site.menus.now.menus.sources["611"] == site.flow.read_text() == FLOW
    over = await site.last()
    assert (over.end, "the new menus cannot be read" in over.why) == ("rolled back", True)


async def test_files_edited_while_they_are_read_begin_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def edited(*args: Any) -> int | None:
        site.flow.write_text(OTHER)
        return await keep_set(*args)

    monkeypatch.setattr("ari_app.main.canary.keep_set", edited)
    assert (await site.canaries.begin(50, 3600, "vera")).problems == (EDITED,)
    assert site.menus.canary is None
    assert await site.store.read(canaries.running) is None


async def test_the_next_look_waits_as_counting_takes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.canaries.begin(50, 3600, "vera")
    times = iter((100.0, 103.0))
    monkeypatch.setattr("ari_app.main.canary.monotonic", lambda: next(times))
    await site.canaries.look()
    assert site.canaries.pause == 60
