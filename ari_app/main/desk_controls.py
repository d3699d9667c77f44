"""What the administrators' page asks of the running application: its menus, and its phones."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from ari_app.background import Background
from ari_app.config.state import ConfigError
from ari_app.main import pbx_site
from ari_app.main.flow_graph import CannotDraw, drawn, texts_of
from ari_app.main.foundation import clock
from ari_app.main.live_settings import LiveSettings
from ari_app.main.releases import directories
from ari_app.main.reloading import NOT_RELOADED, reload_all, reload_phones
from ari_app.main.rollback import NoSuchSet, put_files, restore_set
from ari_app.main.shared import Shared
from ari_app.store import menu_sets, subscribers
from ari_app.store.agents import Agent
from ari_app.store.flow_traffic import traffic
from ari_app.workplace.administration import MenuControl, RolledBack
from ari_app.workplace.agent_administration import Phones
from asterisk_conf.site import QueueSettings, SiteError
from ivr.diagram.picture import picture

log = logging.getLogger(__name__)

RECENT = timedelta(days=7)
"""How long ago the calls began that the desk shows in a picture."""


def menu_control(shared: Shared, background: Background) -> MenuControl:
    """What administrators do with the menus."""
    return MenuControl(
        partial(_preview, shared),
        partial(_reload, shared, background),
        partial(_roll_back, shared, background),
        lambda: tuple(shared.menus.now.menus.book.flows),
        partial(_graph, shared),
    )


def promised_wait(settings: LiveSettings, queue: str) -> int:
    """The wait in seconds in which a queue is to be answered, by the settings in force."""
    return pbx_site.service_levels(settings.config).get(queue, QueueSettings().service_level)


def phone_control(shared: Shared, background: Background) -> Phones:
    """What a change of agents asks of Asterisk."""
    return Phones(
        partial(_phone_faults, shared),
        partial(_phones_applied, shared, background),
        lambda: pbx_site.members(shared.config),
    )


async def _preview(shared: Shared) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a reload of the menus would change, and why it would be rejected."""
    found = await shared.menus.preview()
    return found.details, found.problems


async def _reload(shared: Shared, background: Background, by: str) -> tuple[str, ...]:
    """Reload the menus, also when the browser goes away meanwhile; why they were rejected."""
    return (await background.finish(shared.menus.reload("reload", by))).problems


async def _roll_back(shared: Shared, background: Background, id: int, by: str) -> RolledBack | None:
    """Roll back, also when the browser goes away meanwhile."""
    return await background.finish(_rolled_back(shared, id, by))


async def _rolled_back(shared: Shared, id: int, by: str) -> RolledBack | None:
    where = directories(shared.config, shared.foundation.state)
    try:
        restored = await restore_set(shared.store, where, id, by)
    except NoSuchSet:
        return None
    except (OSError, ValueError) as error:  # ValueError: the menus are the shipped ones now
        log.error("set %d of the menus was not restored: %s", id, error)
        return RolledBack((), [str(error)])
    if restored.languages:
        every = await reload_all(shared.foundation, shared.menus, by, "rollback")
        done = every.of_menus
    else:
        done = await shared.menus.reload("rollback", by)
    if done.problems:
        await put_files(shared.store, where, restored.before)
    kept = await shared.store.read(menu_sets.listed)
    changes = kept[0].changes if done.changes() else ()
    return RolledBack(changes, done.problems, restored.aside)


async def _graph(shared: Shared, flow: str) -> bytes | str | None:
    """The picture of a flow with its recent calls, or why there is none."""
    menus = shared.menus.now.menus
    if flow not in menus.book.flows:
        return None
    version, since = menus.book.flows[flow].version, clock() - RECENT
    passed = {flow: await shared.store.read(traffic, flow, version, since)}

    def draw() -> bytes:
        texts = texts_of(menus.catalogue, shared.config.site.languages[0])
        return drawn(picture(menus.book, [flow], texts, passed), "svg")

    try:
        return await asyncio.to_thread(draw)
    except CannotDraw as error:
        return str(error)


async def _phone_faults(shared: Shared, staff: Sequence[Agent]) -> str:
    """Why the phones of these agents cannot be rendered; "" if they can."""
    people = await shared.store.read(subscribers.with_phones)
    try:
        keys = shared.foundation.state.keys()
        pbx_site.site(shared.config, keys, people, staff, pbx_site.APOLOGY)
    except (ConfigError, SiteError) as error:
        return str(error)
    return ""


async def _phones_applied(shared: Shared, background: Background) -> bool:
    """Have our Asterisk read phones and queues again; False if it did not, or is not ours."""
    if not shared.config.manages_asterisk:
        return False
    try:
        await background.finish(reload_phones(shared.foundation, shared.menus))
    except NOT_RELOADED as error:
        log.error("Asterisk was not reloaded: %s; run `firstline reload`", error)
        return False
    return True
