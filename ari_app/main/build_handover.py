"""Builds what hands callers over to queue nodes, and what a node knows of those it is handed."""

import asyncio
import logging

from ari_app.ami.client import AmiError
from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.ari.dialplan import OWNER
from ari_app.ari.queue_nodes import LOST, QueueNodeWatch
from ari_app.background import Begin
from ari_app.main.build_calls import CallHandling
from ari_app.main.shared import Shared
from ari_app.store import workers
from ari_app.store.errors import StoreError
from asterisk_conf.queue_nodes import PODS, queue_nodes

log = logging.getLogger(__name__)

FACTS = "FIRSTLINE_FACTS"
"""The variable of a caller's channel at a queue node with what the pod said."""

ASKING = 1.0
"""Seconds in which a card waits for that."""


def begin_handing_over(
    shared: Shared, callers: CallHandling, queues: QueueMonitor, begin: Begin
) -> None:
    """Begin what the settings want of this machine."""
    handover = shared.config.handover
    if handover.nodes:
        callers.placing.hands_over = True
        begin(_watch(shared, callers, queues).run())
    if handover.pods:

        async def facts(channel: str) -> str:
            if not channel.startswith(f"PJSIP/{PODS}-"):
                return ""
            try:
                async with asyncio.timeout(ASKING):
                    found = await queues.ask("Getvar", Channel=channel, Variable=FACTS)
            except (AmiError, TimeoutError) as error:
                log.warning("channel %s: a card has the number alone: %s", channel, error)
                return ""
            return found.get("Value", "")

        callers.live_calls.strangers.facts = facts


def _watch(shared: Shared, callers: CallHandling, queues: QueueMonitor) -> QueueNodeWatch:
    actions, applications = QueueActions(queues.ask), shared.link.ari.applications
    nodes = {one.name: one.endpoint for one in queue_nodes(shared.config.handover.nodes)}

    async def ours(channel: str, name: str) -> bool:
        """A caller who came by the fallback is no one's call, and any worker's to take back."""
        if channel in callers.calls.channels:
            return True
        try:
            owner = (await queues.ask("Getvar", Channel=name, Variable=OWNER)).get("Value", "")
        except AmiError:
            return False
        known = owner in ("", applications.name)
        return known or not await applications.is_registered(owner)

    async def take_back(channel: str) -> None:
        try:
            await actions.redirect(channel, *LOST)
        except AmiError as error:
            log.warning("channel %s is not taken back yet: %s", channel, error)

    async def leader() -> str:
        try:
            return await shared.store.look_up(workers.leading_pod)
        except StoreError:
            return ""

    return QueueNodeWatch(shared.link.ari, nodes, ours, take_back, leader)
