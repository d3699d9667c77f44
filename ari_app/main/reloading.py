"""`firstline reload`: settings, agents, queues and menus are read again while calls go on."""

import asyncio
import logging
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console

from ari_app.config.state import ConfigError
from ari_app.main.exchange import exchange_of
from ari_app.main.foundation import Foundation
from ari_app.main.live_settings import changed
from ari_app.menus.live import How, LiveMenus, Reloaded
from ari_app.store.errors import StoreError
from asterisk_conf.debian_packages import ArchiveError
from asterisk_conf.discovery import PbxError
from asterisk_conf.reload import PHONES_AND_QUEUES, Reload
from asterisk_conf.site import SiteError
from ivr.speech import languages
from prompts.voice import SpeechFailed

log = logging.getLogger(__name__)

NOT_RELOADED = (ConfigError, PbxError, SiteError, ArchiveError, SpeechFailed, StoreError, OSError)
"""Why Asterisk was not reloaded."""


class ReloadedAll(Struct, frozen=True, omit_defaults=True):
    """The result of a reload of everything. With ``problems`` in it or in ``menus``, what is not
    named stays as it was: ``settings`` and ``menus`` are in force even if Asterisk refused."""

    settings: tuple[str, ...] = ()
    """Settings that are in force now, such as ``[site] numbers``."""
    at_start: tuple[str, ...] = ()
    """Settings that take effect at the next start of the application."""
    asterisk: tuple[str, ...] = ()
    """Files of Asterisk that it reads only at its next start."""
    menus: Reloaded = Reloaded()
    problems: tuple[str, ...] = ()

    @property
    def of_menus(self) -> Reloaded:
        """What became of the menus: with the problems for which they were not even read."""
        if self.menus.changes() or self.menus.problems:
            return self.menus
        return replace(self.menus, problems=self.problems)


async def reload_all(
    foundation: Foundation, menus: LiveMenus, by: str, how: How = "reload"
) -> ReloadedAll:
    """Read everything again; all or nothing, but for what Asterisk refuses. Logs the result."""
    async with foundation.settings.turn:
        return await _reload_all(foundation, menus, by, how)


async def _reload_all(foundation: Foundation, menus: LiveMenus, by: str, how: How) -> ReloadedAll:
    live, state = foundation.settings, foundation.state
    old = live.config
    try:
        new = await asyncio.to_thread(state.config)
        by_day, at_start = changed(old, new)
        before = await live.take(new)
    except (ConfigError, SpeechFailed, ArchiveError) as error:
        languages.install(menus.now.menus.languages)
        log.error("settings rejected, the old ones stay in force: %s", error)
        return ReloadedAll(problems=(str(error),))
    done = await menus.reload(how, by)
    if done.problems:
        await live.give_back(before)
        return ReloadedAll(menus=done)
    try:
        asterisk = await _reload_asterisk(foundation, menus)
    except NOT_RELOADED as error:
        log.error("Asterisk was not reloaded: %s", error)
        return ReloadedAll(by_day, at_start, menus=done, problems=(str(error),))
    log.info("settings reloaded%s: %s", f" by {by}" if by else "", ", ".join(by_day) or "the same")
    for each in (*at_start, *asterisk):
        log.warning("%s takes effect at the next start", each)
    return ReloadedAll(by_day, at_start, asterisk, done)


async def preview_all(foundation: Foundation, menus: LiveMenus) -> ReloadedAll:
    """What :func:`reload_all` would put in force; changes nothing. Asterisk is not looked at."""
    live = foundation.settings
    async with live.turn:
        try:
            new = await asyncio.to_thread(foundation.state.config)
        except ConfigError as error:
            return ReloadedAll(problems=(str(error),))
        finally:
            languages.install(menus.now.menus.languages)
        by_day, at_start = changed(live.config, new)
        return ReloadedAll(by_day, at_start, menus=await menus.preview(partial(live.read, new)))


async def reload_phones(foundation: Foundation, menus: LiveMenus) -> None:
    """Have our Asterisk read phones and queues again; raises one of :data:`NOT_RELOADED`."""
    async with foundation.settings.turn:
        await _reload_asterisk(foundation, menus)


async def _reload_asterisk(foundation: Foundation, menus: LiveMenus) -> tuple[str, ...]:
    """Have our Asterisk read phones, queues and numbers again; returns what needs a start."""
    config = foundation.config
    if not config.manages_asterisk:
        return ()
    reading, quiet = menus.now.reading, Console(quiet=True)
    pbx = await exchange_of(config, foundation.state, foundation.store, reading, quiet)
    return await asyncio.to_thread(Reload(pbx).apply, PHONES_AND_QUEUES)
