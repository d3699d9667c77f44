"""The files of the menus on both sides of a canary: kept, read, and put back on the disk."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from ari_app.main.releases import hashes
from ari_app.main.rollback import NoSuchSet, Restored, put_files, restore_set
from ari_app.menus.files import Directories
from ari_app.menus.live import MenuRelease
from ari_app.menus.loading import FlowsError
from ari_app.store import menu_sets
from ari_app.store.db import Store
from prompts.voice import SpeechFailed

UNREADABLE = (FlowsError, SpeechFailed, NoSuchSet, OSError, ValueError)
"""Why the menus of a set cannot be read; trouble with the store is a ``StoreError``."""


class CanaryFiles:
    """The files on the disk, and those of the sets that are kept."""

    def __init__(
        self,
        store: Store,
        where: Callable[[], Directories],
        read: Callable[[Path], MenuRelease],
        scratch: Path,
    ) -> None:
        """``read`` reads the menus of a directory, it blocks; ``scratch``: for files of sets."""
        self._store, self._where, self._read, self._scratch = store, where, read, scratch

    @property
    def where(self) -> Directories:
        """Where the files on the disk are."""
        return self._where()

    async def on_disk(self) -> Mapping[str, str]:
        """The hashes of the files on the disk. Raises ``OSError``."""
        return await hashes(await asyncio.to_thread(self.where.found))

    async def are(self, id_: int) -> bool:
        """Whether the files on the disk are those of a set; False if they cannot be read."""
        try:
            return await self.on_disk() == await self._store.read(menu_sets.files_of, id_)
        except OSError:
            return False

    async def alike(self, one: int, other: int) -> bool:
        """Whether two sets have the same files."""
        files = [await self._store.read(menu_sets.files_of, id_) for id_ in (one, other)]
        return files[0] == files[1]

    async def read(self, id_: int) -> MenuRelease:
        """The menus of a set, with the recordings that are on the disk.

        Raises one of :data:`UNREADABLE`.
        """
        files = await self._store.read(menu_sets.files_of, id_)
        if not files:
            raise NoSuchSet(f"there is no set {id_} any more")
        root = self._scratch / str(id_)
        await put_files(self._store, Directories(root / "menus", root / "recordings"), files)
        release = await asyncio.to_thread(self._read, root / "menus")
        await release.reading.render_all(lambda *_: None)
        return release

    async def restore(self, id_: int) -> Restored:
        """Make the files on the disk those of a set: see :func:`restore_set`."""
        return await restore_set(self._store, self.where, id_, "")

    async def clear(self) -> None:
        """Forget the files that were read."""
        await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
