"""Canaries: new menus for a share of the calls, ended by a limit, by their time, or by somebody."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.main.foundation import clock
from ari_app.main.releases import keep_set, record_versions
from ari_app.main.rollback import put_files, restore_set
from ari_app.menus.files import Directories
from ari_app.menus.live import How, LiveMenus, MenuRelease, Release, Reloaded, Trial
from ari_app.menus.loading import FlowsError
from ari_app.store import canaries, menu_sets
from ari_app.store.canaries import Canary, CanaryEnd
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.menu_sets import ASIDE
from ivr.acd.canary import broken, takes
from prompts.voice import SpeechFailed

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks at the figures."""

HOUR = 3600.0
"""For how many seconds a canary lasts by default."""

OWN_ALONE = "a canary needs menus of your own: name a [menus] directory"
WATCHED = "with [menus] watch = true all calls go by changed files at once: turn it off"
RUNS = "a canary runs: `firstline flows reload` has all calls go by it, `flows rollback` none"


class CanaryRefused(Exception):  # noqa: N818 - named by what is so, not as an error
    """No canary begins; the text says why."""


class CanaryPorts(Struct, frozen=True):
    """What canaries use: the files of the menus, the settings, how menus of a directory are
    read (it blocks), a directory for files of sets, the agi process, mails, the time."""

    files: Callable[[], Directories]
    settings: Callable[[], Config]
    read: Callable[[Path], MenuRelease]
    scratch: Path
    reload_agi: Callable[[], None]
    mail: Callable[[str], None]
    now: Callable[[], datetime] = clock


class Canaries:
    """Begins a canary, compares both sides, and ends it."""

    def __init__(self, store: Store, menus: LiveMenus, ports: CanaryPorts) -> None:
        self._store, self._menus, self._ports = store, menus, ports
        menus.canary_over = self._ended_by_reload

    @property
    def _where(self) -> Directories:
        return self._ports.files()

    async def begin(self, share: int, seconds: float, by: str) -> Reloaded:
        """Have ``share`` per cent of the new calls go by the menus on the disk."""
        settings = self._ports.settings().menus
        if not settings.directory:
            return Reloaded(problems=(OWN_ALONE,))
        if settings.watch:
            return Reloaded(problems=(WATCHED,))
        if self._menus.canary is not None:
            return Reloaded(problems=(RUNS,))
        lasts = timedelta(seconds=round(seconds) or HOUR)

        async def stored(new: MenuRelease, done: Reloaded) -> Trial:
            sets = await self._store.read(menu_sets.listed)
            before = next((one.id for one in sets if one.how != ASIDE), None)
            if before is None:
                raise CanaryRefused("the menus in force are not kept: `firstline flows reload`")
            tried = await keep_set(self._store, self._where, Release(ASIDE, by, done.details))
            if tried is None:  # they were kept before, as the last set
                tried = sets[0].id
            await record_versions(self._store, new.menus, "canary")
            now = self._ports.now()
            begun = Canary(
                began=now, by=by, share=share, until=now + lasts, before=before, tried=tried
            )
            return _trial(new, await self._store.write(canaries.add, begun), share)

        try:
            done = await self._menus.share(stored)
        except (CanaryRefused, StoreError, OSError) as error:
            return Reloaded(problems=(str(error),))
        if not done.problems:
            log.info("canary: %d %% of the new calls for %s, by %s", share, lasts, by or "no one")
        return done

    async def resume(self) -> bool:
        """Go on with the canary of before a restart, if there was one: both sets of menus as they
        are kept, whatever is on the disk. Returns whether it goes on."""
        tried = None
        try:
            tried = await self._store.read(canaries.running)
            if tried is None:
                return False
            if self._ports.now() < tried.until:
                old = await self._read(tried.before)
                new = await self._read(tried.tried)
                self._menus.now = old
                self._menus.canary = _trial(new, tried.id, tried.share)
                log.info("canary: goes on after a restart, until %s", tried.until)
                return True
            restored = await restore_set(self._store, self._where, tried.before, "")
            self._menus.now = await self._read(tried.before)
            log.info("canary: %s restored", ", ".join(restored.names) or "nothing")
            await self._over(tried, "rolled back", "its time was over while Firstline was down")
        except (FlowsError, SpeechFailed, StoreError, OSError, ValueError) as error:
            if tried is not None:
                await self._over(tried, "whole", f"the old menus cannot be read: {error}")
            else:
                log.error("whether there was a canary is not known: %s", error)
        return False

    async def _read(self, id_: int) -> MenuRelease:
        """The menus of a set that is kept, with the recordings that are on the disk."""
        root = self._ports.scratch / str(id_)
        files = await self._store.read(menu_sets.files_of, id_)
        await put_files(self._store, Directories(root / "menus", root / "recordings"), files)
        release = await asyncio.to_thread(self._ports.read, root / "menus")
        await release.reading.render_all(lambda *_: None)
        return release

    async def run(self) -> NoReturn:
        """Look at the figures for ever."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except (StoreError, OSError) as error:
                log.error("the canary was not looked at: %s", error)

    async def look(self) -> None:
        """Roll back if a limit is broken; at the end of the time decide."""
        tried = await self._store.read(canaries.running) if self._menus.canary else None
        if tried is None:
            return
        found = await self._store.read(canaries.figures, tried)
        limits = self._ports.settings().canary.limits
        if why := broken(found, limits):
            await self._roll_back(tried, why)
        elif self._ports.now() >= tried.until and found.new.ended < limits.least:
            few = f"its time is over, and only {found.new.ended} calls by the new menus ended"
            await self._roll_back(tried, few)
        elif self._ports.now() >= tried.until:
            await self._make_whole(tried)

    async def _make_whole(self, tried: Canary) -> None:
        """All calls go by the new menus."""
        done = await self._menus.reload("canary", tried.by)
        self._ports.reload_agi()
        if done.problems:
            await self._roll_back(tried, "; ".join(done.problems))

    async def _roll_back(self, tried: Canary, why: str) -> None:
        """No new call goes by the new menus from now on; the files are the old ones again."""
        self._menus.canary = None
        await self._over(tried, "rolled back", why)
        try:
            await restore_set(self._store, self._where, tried.before, "")
        except (OSError, ValueError) as error:
            log.error("the files are still those of the canary, not those in force: %s", error)
        await self._menus.reload("rollback")

    async def _ended_by_reload(self, how: How, by: str) -> None:
        try:
            tried = await self._store.read(canaries.running)
        except StoreError as error:
            log.error("the end of the canary was not recorded: %s", error)
            return
        if tried is not None:
            end: CanaryEnd = "rolled back" if how == "rollback" else "whole"
            why = "its time was over, and no limit was broken" if how == "canary" else how
            await self._over(tried, end, why, "" if how == "canary" else by)

    async def _over(self, tried: Canary, end: CanaryEnd, why: str, by: str = "") -> None:
        """Record the end, and notify those who answer for the menus if it came by itself."""
        try:
            await self._store.write(canaries.finish, tried.id, self._ports.now(), end, why, by)
        except StoreError as error:
            log.error("the end of the canary was not recorded: %s", error)
        await asyncio.to_thread(shutil.rmtree, self._ports.scratch, ignore_errors=True)
        text = f"canary {tried.id} of the menus, begun by {tried.by or 'no one'}: {end}: {why}"
        log.log(logging.INFO if end == "whole" or by else logging.WARNING, "%s", text)
        if not by:
            self._ports.mail(text)


def _trial(new: MenuRelease, canary: int, share: int) -> Trial:
    return Trial(replace(new, canary=canary), partial(takes, canary, share))
