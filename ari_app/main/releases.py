"""What happens beside calls when a release of the menus takes effect."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import pbx_site, speech
from ari_app.main.foundation import Foundation, clock
from ari_app.menus import loading
from ari_app.menus.files import Directories, hashed
from ari_app.menus.live import How, MenuRelease, Release
from ari_app.menus.loading import Menus
from ari_app.store import menu_sets, versions
from ari_app.store.db import Store, StoreError
from ari_app.store.menu_sets import MenuSet
from ari_app.store.versions import Version
from ari_app.workplace.queue_labels import unlabelled

log = logging.getLogger(__name__)


async def take_effect(
    foundation: Foundation, release: MenuRelease, order: Release
) -> tuple[str, ...]:
    """Render what Asterisk plays by itself and keep what is in force; returns warnings to log."""
    spoken = foundation.config.site.languages
    await pbx_site.apology(foundation.state, release.reading, spoken[0])
    await pbx_site.queue_offer(foundation.state, release.reading, spoken)
    await pbx_site.recording_notice(foundation.config, foundation.state, release.reading)
    await record_versions(foundation.store, release.menus, order.how)
    try:
        await keep_set(foundation.store, directories(foundation.config, foundation.state), order)
    except (StoreError, OSError) as error:
        log.error("the menus in force were not kept for a rollback: %s", error)
    return (
        *map(str, release.menus.warnings),
        *pbx_site.unmatched(foundation.config, release.menus.book),
        *(unlabelled(foundation.config) if foundation.config.desk.enabled else ()),
    )


def directories(config: Config, state: State) -> Directories:
    """Where the menus and recordings of an installation are."""
    own = loading.directory(config) if config.menus.directory else None
    return Directories(own, speech.recordings(config, state))


async def keep_set(store: Store, where: Directories, order: Release) -> int | None:
    """Keep the files of menus for a rollback; returns the number of the set if it is a new one."""
    found = await asyncio.to_thread(where.found)
    files = await hashes(found)
    if not files:
        return None
    for hash_ in await store.read(menu_sets.unknown, files.values()):
        name = next(name for name, each in files.items() if each == hash_)
        content = await asyncio.to_thread(found[name].read_bytes)
        if hashed(content) == hash_:  # it did not change meanwhile
            await store.write(menu_sets.put, hash_, content)
    new = MenuSet(0, clock(), order.by, order.how, order.changes)
    return await store.write(menu_sets.keep, new, files)


async def hashes(found: Mapping[str, Path]) -> dict[str, str]:
    """The hash of each file, by its name in a set. Raises ``OSError``."""
    return {name: hashed(await asyncio.to_thread(path.read_bytes)) for name, path in found.items()}


async def record_versions(store: Store, menus: Menus, how: How) -> None:
    """Record which texts of the flows are in force; a failure does not hold the release back."""
    now = clock()
    recorded = [
        (Version(name, flow.version, now, how), menus.sources[name])
        for name, flow in menus.book.flows.items()
    ]
    try:
        await store.write(versions.record, recorded)
    except StoreError as error:
        log.error("the versions of the menus were not recorded: %s", error)
