"""The Asterisk of an installation: configured, started, and left running with its calls."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import pbx_site
from ari_app.main.signals import Signals
from ari_app.main.site_names import custom_directory
from ari_app.store import agents, subscribers
from ari_app.store.db import Store, StoreError
from asterisk_conf.pbx import Pbx
from asterisk_conf.reload import Reload
from asterisk_conf.site import Site
from prompts.media import PromptMedia

log = logging.getLogger(__name__)


async def exchange_of(
    config: Config, state: State, store: Store, reading: PromptMedia, console: Console
) -> Pbx:
    """The Asterisk of this installation, configured but not started."""
    with console.status("looking for Asterisk") as shown:
        asterisk = await asyncio.to_thread(pbx_site.asterisk, config, state, shown.update)
    site, keep = await site_of(config, state, store, reading)
    return Pbx(asterisk, site, state.directory, custom_directory(config, state), keep=keep)


async def site_of(
    config: Config, state: State, store: Store, reading: PromptMedia
) -> tuple[Site, bool]:
    """The site to render, its sounds made; and whether it lacks accounts, as the database does not
    answer.

    An Asterisk that is there already has accounts of its own, so the site has none then.
    """
    try:
        people = await store.read(subscribers.with_phones)
        staff = await store.read(agents.everyone)
    except StoreError as error:
        log.error("Asterisk keeps the phones and queues that it had: %s", error)
        people, staff, keep = [], [], True
    else:
        keep = False
        for warning in pbx_site.absent(config, staff):
            log.warning("%s", warning)
    apology = await pbx_site.apology(state, reading, config.site.languages[0])
    offer = await pbx_site.queue_offer(state, reading, config.site.languages)
    notice = await pbx_site.recording_notice(config, state, reading)
    if not config.manages_asterisk:
        people, staff = [], []
    sounds = str(apology.with_suffix("")), offer, notice
    site = pbx_site.site(config, state.keys(), people, staff, *sounds)
    return site, keep


@asynccontextmanager
async def asterisk_running(
    pbx: Pbx, signals: Signals, console: Console, *, own: bool
) -> AsyncIterator[None]:
    """Have Asterisk run up to date, started if it is our ``own`` to start.

    It goes on when the context ends, with its calls: only if it was started here, an interrupt
    stops it, or a failure before the application was ready.
    """
    with console.status("starting Asterisk"):
        found = await asyncio.to_thread(_up_to_date, pbx)
        status = await asyncio.to_thread(pbx.start if own else pbx.status)
    for warning in status.warnings:
        log.warning("%s", warning)
    if status.pid is not None:
        log.info("Asterisk %s runs (pid %s)", status.version, status.pid)
    try:
        yield
    finally:
        if own and not found and (signals.interrupted or not signals.was_ready):
            await asyncio.to_thread(pbx.stop)
        elif own:
            log.info("Asterisk and its calls go on (pid %s): `firstline down` ends it", status.pid)


def _up_to_date(pbx: Pbx) -> bool:
    """Write the configuration; an Asterisk that runs takes it. Returns whether one still runs."""
    reload = Reload(pbx)
    later = reload.apply()
    if later and reload.is_idle():
        log.warning("the configuration changed (%s): Asterisk restarts", ", ".join(later))
        reload.start_again()
    elif later:
        log.warning(
            "Asterisk has calls, so it does not restart: %s takes effect when it starts next: "
            "`firstline stop --all`, then `firstline up`",
            ", ".join(later),
        )
    return pbx.status().pid is not None
