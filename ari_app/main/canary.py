"""Canaries: new menus for a share of the calls, ended by a limit, by their time, or by somebody."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.main.canary_files import UNREADABLE, CanaryFiles
from ari_app.main.foundation import clock
from ari_app.main.releases import keep_set, record_versions
from ari_app.main.rollback import NoSuchSet
from ari_app.menus.files import Directories
from ari_app.menus.live import How, LiveMenus, MenuRelease, Release, Reloaded, Trial, compare
from ari_app.store import canaries, menu_sets
from ari_app.store.canaries import Canary, CanaryEnd
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.menu_sets import ASIDE
from ivr.acd.canary import AT_END, LONGEST, REPEATED, broken, takes

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks at the figures, at least."""

COSTS = 20
"""How many times as long as it took to count the calls the next look is away: 5 % of a core."""

HOUR = 3600.0
"""For how many seconds a canary lasts by default."""

OWN_ALONE = "a canary needs menus of your own: name a [menus] directory"
WATCHED = "with [menus] watch = true all calls go by changed files at once: turn it off"
RUNS = "a canary runs: `firstline flows reload` has all calls go by it, `flows rollback` none"


LONG = f"a canary lasts {LONGEST.days} days at most"
EDITED = "files of the menus changed while they were read: once more"


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


class _Ending(Struct, frozen=True):
    """The end of a canary that is to be stored."""

    tried: Canary
    at: datetime
    end: CanaryEnd
    why: str
    by: str


class Canaries:
    """Begins a canary, compares both sides, and ends it.

    What cannot be done at once, as the store or the disk fails, is tried again at each look.
    """

    def __init__(self, store: Store, menus: LiveMenus, ports: CanaryPorts) -> None:
        self._store, self._menus, self._ports = store, menus, ports
        self._files = CanaryFiles(store, ports.files, ports.read, ports.scratch)
        self._tried: Canary | None = None
        """That by which a share of the calls goes."""
        self._unstored: _Ending | None = None
        self._unrestored: tuple[Canary, MenuRelease] | None = None
        """One that is over, but its files are still on the disk, and the menus then in force."""
        self._resumed = True
        self._edited = ""
        self.pause = EVERY
        """Seconds until the next look."""
        menus.canary_over = self._ended_by_reload

    async def begin(self, share: int, seconds: float, by: str) -> Reloaded:
        """Have ``share`` per cent of the new calls go by the menus on the disk."""
        lasts = timedelta(seconds=round(seconds) or HOUR)
        settings = self._ports.settings().menus
        for wrong, why in (
            (not settings.directory, OWN_ALONE),
            (settings.watch, WATCHED),
            (self._menus.canary is not None, RUNS),
            (lasts > LONGEST, LONG),
        ):
            if wrong:
                return Reloaded(problems=(why,))
        try:
            before = await self._files.on_disk()

            async def stored(new: MenuRelease, done: Reloaded) -> Trial:
                if self._menus.canary is not None:  # it began while this one waited its turn
                    raise CanaryRefused(RUNS)
                tried = await self._kept(before, Release(ASIDE, by, done.details))
                await record_versions(self._store, new.menus, "canary")
                self._tried = await self._begun(tried, share, lasts, by)
                self._unrestored = None
                return _trial(new, self._tried)

            done = await self._menus.share(stored)
        except (CanaryRefused, StoreError, OSError) as error:
            return Reloaded(problems=(str(error),))
        if not done.problems:
            log.info("canary: %d %% of the new calls for %s, by %s", share, lasts, by or "no one")
        return done

    async def _kept(self, read: Mapping[str, str], order: Release) -> int:
        """The set of the files on the disk, which must be those that were read."""
        kept = await keep_set(self._store, self._files.where, order)
        if kept is None:  # they were kept before, as the last set
            kept = (await self._store.read(menu_sets.listed))[0].id
        if await self._store.read(menu_sets.files_of, kept) != read:
            raise CanaryRefused(EDITED)
        return kept

    async def _begun(self, tried: int, share: int, lasts: timedelta, by: str) -> Canary:
        sets = await self._store.read(menu_sets.listed)
        before = next((one.id for one in sets if one.how != ASIDE), None)
        if before is None:
            raise CanaryRefused("the menus in force are not kept: `firstline flows reload`")
        await self._store_end()
        now = self._ports.now()
        if (left := await self._store.read(canaries.running)) is not None:
            why = "it was not in force any more"
            await self._store.write(canaries.finish, left.id, now, "rolled back", why, "")
        begun = Canary(began=now, by=by, share=share, until=now + lasts, before=before, tried=tried)
        id_ = await self._store.write(canaries.add, begun)
        if id_ is None:
            raise CanaryRefused(RUNS)
        return replace(begun, id=id_)

    async def resume(self) -> bool:
        """Go on with the canary of before a restart, if there was one: both sets of menus as they
        are kept. Returns whether the files on the disk are not those in force."""
        try:
            tried = await self._store.read(canaries.running)
            held = tried is not None and await self._go_on(tried)
        except StoreError as error:
            self._resumed = False
            log.error("whether a canary goes on is not known yet: %s", error)
            return True
        self._resumed = True
        return held

    async def _go_on(self, tried: Canary) -> bool:
        sets = await self._store.read(menu_sets.listed)
        later = next((one for one in sets if one.how != ASIDE and one.id > tried.before), None)
        if later is not None:  # its end was not stored
            whole = await self._files.alike(later.id, tried.tried)
            await self._over(tried, whole, f"{later.how}: set {later.id} came into force")
            return False
        try:
            old = await self._files.read(tried.before)
        except UNREADABLE as error:
            why = f"the old menus cannot be read, those on the disk are in force: {error}"
            await self._over(tried, await self._files.are(tried.tried), why)
            return False
        self._menus.now = old
        if self._ports.now() >= tried.until:
            await self._go_back(tried, "its time was over while Firstline was down")
            return self._unrestored is not None
        try:
            new = await self._files.read(tried.tried)
        except UNREADABLE as error:
            await self._go_back(tried, f"the new menus cannot be read: {error}")
            return self._unrestored is not None
        self._tried, self._menus.canary = tried, _trial(new, tried)
        log.info("canary: goes on after a restart, until %s", tried.until)
        return True

    async def run(self) -> NoReturn:
        """Look at the figures for ever."""
        while True:
            await asyncio.sleep(self.pause)
            try:
                await self.look()
            except (StoreError, OSError) as error:
                log.error("the canary was not looked at: %s", error)

    async def look(self) -> None:
        """Roll back if a limit is broken; at the end of the time decide. Raises ``StoreError`` and
        ``OSError``; the next look goes on."""
        if not self._resumed:
            await self.resume()
        await self._store_end()
        await self._restore_again()
        tried, trial = self._tried, self._menus.canary
        if tried is None or trial is None:
            return
        running = await self._store.read(canaries.running)
        if self._menus.canary is not trial:
            return  # a reload ended it meanwhile
        if running is None or running.id != tried.id:
            self._tried = self._menus.canary = None
            log.error("canary %d is over in the store: no new call goes by it", tried.id)
            return
        began = monotonic()
        found = await self._store.read(canaries.figures, tried)
        self.pause = max(EVERY, COSTS * (monotonic() - began))
        if self._menus.canary is not trial:
            return
        limits, over = self._ports.settings().canary.limits, self._ports.now() >= tried.until
        if why := broken(found, limits, AT_END if over else REPEATED):
            await self._roll_back(tried, why)
        elif over and found.new.ended < limits.least:
            few = f"its time is over, and only {found.new.ended} calls by the new menus ended"
            await self._roll_back(tried, few)
        elif over:
            await self._make_whole(tried)

    async def _make_whole(self, tried: Canary) -> None:
        """All calls go by the menus that were tried, whatever was edited on the disk meanwhile."""
        try:
            restored = await self._files.restore(tried.tried)
        except (NoSuchSet, ValueError) as error:
            await self._roll_back(tried, f"the new menus cannot be restored: {error}")
            return
        names = ", ".join(restored.names)
        self._edited = f"; edited meanwhile, and kept as a set of its own: {names}" if names else ""
        done = await self._menus.reload("canary", tried.by)
        self._ports.reload_agi()
        if done.problems:
            await self._roll_back(tried, "; ".join(done.problems))

    async def _roll_back(self, tried: Canary, why: str) -> None:
        """No new call goes by the new menus from now on; the files are the old ones again."""
        self._tried = self._menus.canary = None
        if await self._go_back(tried, why):
            await self._menus.reload("rollback")

    async def _go_back(self, tried: Canary, why: str) -> bool:
        """Restore the old files, and record the end. Returns whether they are restored."""
        self._unrestored = (tried, self._menus.now)
        trouble = await self._restore(tried)
        await self._over(tried, False, why + trouble)
        return not trouble

    async def _restore(self, tried: Canary) -> str:
        """Restore the old files; why it failed, in words to add."""
        try:
            await self._files.restore(tried.before)
        except (OSError, StoreError) as error:
            log.error("the files on the disk are still those of canary %d: %s", tried.id, error)
            return f"; its files are still on the disk, not those in force: {error}"
        except (NoSuchSet, ValueError) as error:
            self._unrestored = None
            log.error("the files on the disk stay those of canary %d: %s", tried.id, error)
            return f"; its files stay on the disk, not those in force: {error}"
        self._unrestored = None
        return ""

    async def _restore_again(self) -> None:
        if self._unrestored is None:
            return
        tried, in_force = self._unrestored
        if self._menus.now is not in_force:
            self._unrestored = None  # others came into force since, and their files are there
        elif not await self._restore(tried):
            log.warning("the files are again those in force, not those of canary %d", tried.id)
            await self._menus.reload("rollback")

    async def _ended_by_reload(self, trial: Trial, how: How, by: str) -> None:
        tried, self._tried = self._tried, None
        if tried is None:
            return
        left = replace(compare(trial.release, self._menus.now), recordings=())  # of both sides
        whole, why = not left.changes(), str(how)
        if how == "canary":
            why = f"its time was over, and no limit was broken{self._edited}"
        if not whole and how != "rollback":
            why += "; but others than the new menus are in force"
        await self._over(tried, whole, why, "" if how == "canary" else by)

    async def _over(self, tried: Canary, whole: bool, why: str, by: str = "") -> None:
        """Record the end, and notify those who answer for the menus if it came by itself."""
        end: CanaryEnd = "whole" if whole else "rolled back"
        self._unstored = _Ending(tried, self._ports.now(), end, why, by)
        try:
            await self._store_end()
        except StoreError as error:
            log.error("the end of the canary is not stored yet: %s", error)
        await self._files.clear()
        text = f"canary {tried.id} of the menus, begun by {tried.by or 'no one'}: {end}: {why}"
        log.log(logging.INFO if end == "whole" or by else logging.WARNING, "%s", text)
        if not by:
            self._ports.mail(text)

    async def _store_end(self) -> None:
        if (one := self._unstored) is not None:
            end = (one.tried.id, one.at, one.end, one.why, one.by)
            await self._store.write(canaries.finish, *end)
            self._unstored = None


def _trial(new: MenuRelease, canary: Canary) -> Trial:
    return Trial(replace(new, canary=canary.id), partial(takes, canary.id, canary.share))
