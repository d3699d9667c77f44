"""Back to a whole set of menus that was in force: its files replace those on the disk."""

import asyncio
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ari_app.config.own_languages import LANGUAGES
from ari_app.main.foundation import clock
from ari_app.main.releases import keep_set
from ari_app.menus.files import Directories
from ari_app.menus.live import Release
from ari_app.store import canaries, menu_sets
from ari_app.store.canaries import CanaryEnd
from ari_app.store.db import Store
from ari_app.store.menu_sets import ASIDE, MenuSet


class NoSuchSet(Exception):  # noqa: N818 - named by what is so, not as an error
    """There is no set to go back to; the text says which there are."""


class Restored(Struct, frozen=True):
    """The set whose files are on the disk now.

    ``aside``: the id of the set that keeps what was on the disk and never in force, if it was
    something new; ``names``: the files that changed; ``before``: the files of the menus in force.
    """

    to: MenuSet
    aside: int | None
    names: Sequence[str]
    before: Mapping[str, str]

    @property
    def languages(self) -> bool:
        """Whether a language came or went, which needs a reload of the voices, too."""
        return any(name.startswith(f"menus/{LANGUAGES}/") for name in self.names)


async def restore_set(store: Store, where: Directories, version: int | None, by: str) -> Restored:
    """Make the files those of a set, by default of the one before the one in force; while a canary
    runs, of the one in force, by which all others go.

    Raises :class:`NoSuchSet`, and ``OSError`` if a file cannot be written.
    """
    sets = await store.read(menu_sets.listed)
    tried = await store.read(canaries.running)
    wanted = _wanted(sets, tried.before if tried and version is None else version)
    files = await store.read(menu_sets.files_of, wanted.id)
    contents = await _contents(store, files)  # the oldest set goes when another one is kept
    aside = await keep_set(store, where, Release(ASIDE, by))
    in_force = next(one for one in sets if one.how != ASIDE)
    before = await store.read(menu_sets.files_of, in_force.id)
    names = await asyncio.to_thread(where.restore, files, contents.__getitem__)
    return Restored(wanted, aside, names, before)


async def end_canary(store: Store, to: int, by: str) -> None:
    """Record that a canary is over, as the files are those of the set ``to`` now, and nothing runs
    that would record it."""
    if (tried := await store.read(canaries.running)) is not None:
        end: CanaryEnd = "whole" if to == tried.tried else "rolled back"
        why = "rollback while Firstline was down"
        await store.write(canaries.finish, tried.id, clock(), end, why, by)


async def put_files(store: Store, where: Directories, files: Mapping[str, str]) -> list[str]:
    """Make the files those of a set (name -> hash); returns the names that changed."""
    contents = await _contents(store, files)
    return await asyncio.to_thread(where.restore, files, contents.__getitem__)


async def _contents(store: Store, files: Mapping[str, str]) -> Mapping[str, bytes]:
    """Hash -> content, of the files of a set."""
    return {each: await store.read(menu_sets.content, each) for each in set(files.values())}


def _wanted(sets: Sequence[MenuSet], version: int | None) -> MenuSet:
    released = [one for one in sets if one.how != ASIDE]
    if version is None:
        if len(released) < 2:
            raise NoSuchSet("no other set was in force: `firstline flows history`")
        return released[1]
    found = [one for one in sets if one.id == version]
    if not found:
        known = ", ".join(str(one.id) for one in sets) or "none"
        raise NoSuchSet(f"there is no set {version}: {known} (`flows history`)")
    return found[0]
