"""What happens beside calls when a release of the menus takes effect."""

import logging

from ari_app.main import pbx_site
from ari_app.main.foundation import Foundation, clock
from ari_app.menus.live import How, MenuRelease
from ari_app.menus.loading import Menus
from ari_app.store import versions
from ari_app.store.db import Store, StoreError
from ari_app.store.versions import Version

log = logging.getLogger(__name__)


async def take_effect(foundation: Foundation, release: MenuRelease, how: How) -> tuple[str, ...]:
    """Render the dialplan's apology and record the flows' versions; returns warnings to log."""
    spoken = foundation.config.site.languages
    await pbx_site.apology(foundation.state, release.reading, spoken[0])
    await _record_versions(foundation.store, release.menus, how)
    return (
        *map(str, release.menus.warnings),
        *pbx_site.unmatched(foundation.config, release.menus.book),
    )


async def _record_versions(store: Store, menus: Menus, how: How) -> None:
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
