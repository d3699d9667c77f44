"""The menus that recorded calls went through: of the sets that are kept, those in use, and ours."""

import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main.releases import directories
from ari_app.menus import loading
from ari_app.menus.files import Directories
from ari_app.menus.loading import FlowsError, Menus
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.follow import Setting
from ari_app.sim.simulation import lasting_of
from ari_app.store import menu_sets
from ari_app.store.db import Store
from ari_app.store.menu_sets import MenuSet
from prompts.recordings import scan


def loaded(config: Config, menus: Path) -> Menus:
    """The menus of a directory, whichever queues and topics the site has now.

    Raises :class:`~ari_app.menus.loading.FlowsError`.
    """
    site = replace(loading.ANY_SITE, plan=config.numbers, timezone=config.site.timezone)
    return loading.menus(menus, loading.shipped(config), CATALOGUE, site)


def setting(found: Menus, recordings: Path) -> Setting:
    """Menus and how long their screens last, with recordings that last as their files do."""
    lasts = lasting_of(found.catalogue, scan(recordings, found.catalogue)[0])
    return Setting(found.book, lasts)


class KeptMenus:
    """Finds the menus of recorded calls; each set is read one time."""

    def __init__(self, config: Config, state: State, store: Store, directory: Path) -> None:
        """``directory``: where the files of sets are written, to read them from there."""
        self._config, self._store, self._directory = config, store, directory
        self._where = directories(config, state)
        self._read: dict[int | Path, Setting | None] = {}
        self._sets: list[MenuSet] | None = None

    async def of(self, began: datetime, flow: str, version: str) -> AsyncIterator[Setting]:
        """The menus that have this version of a flow: first those in force when a call began."""
        if self._sets is None:
            self._sets = await self._store.read(menu_sets.listed)
        before = [one for one in self._sets if one.at <= began]
        later = [one for one in reversed(self._sets) if one.at > began]
        for one in (*before, *later):
            found = await self._set(one.id)
            if found is not None and _has(found, flow, version):
                yield found
        for menus in dict.fromkeys((loading.directory(self._config), loading.SHIPPED)):
            found = self._there(menus)
            if found is not None and _has(found, flow, version):
                yield found

    async def _set(self, id_: int) -> Setting | None:
        """A set; None if it has no menus that this version of the program can read."""
        if id_ not in self._read:
            files = await self._store.read(menu_sets.files_of, id_)
            root = self._directory / str(id_)
            there = Directories(root / "menus", root / "recordings")
            contents = {
                hash_: await self._store.read(menu_sets.content, hash_)
                for hash_ in set(files.values())
            }
            there.restore(files, contents.__getitem__)
            self._read[id_] = self._try(root / "menus", root / "recordings")
        return self._read[id_]

    def _there(self, menus: Path) -> Setting | None:
        """The menus of a directory as they are now."""
        if menus not in self._read:
            self._read[menus] = self._try(menus, self._where.recordings)
        return self._read[menus]

    def _try(self, menus: Path, recordings: Path) -> Setting | None:
        try:
            return setting(loaded(self._config, menus), recordings)
        except FlowsError:
            return None


def _has(found: Setting, flow: str, version: str) -> bool:
    return flow in found.book.flows and found.book.flows[flow].version == version


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A directory for the files of sets, while a command runs."""
    return tempfile.TemporaryDirectory(prefix="firstline-menus-")
