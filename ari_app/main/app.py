"""Builds the application in order, runs it, and takes it down in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from ari_app.admin import certificate_ends, log_files, retention
from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.ami.queue_actions import QueueActions
from ari_app.ari import draining
from ari_app.ari.admission import Limits
from ari_app.ari.calls import Calls
from ari_app.ari.disk import DiskWatch
from ari_app.ari.events import Event
from ari_app.ari.link import Link
from ari_app.ari.overload import OverloadWatch
from ari_app.ari.sharing import SharedCalls
from ari_app.background import Background, Begin, task_group
from ari_app.config.conversation_settings import GIGABYTE
from ari_app.fulfilment.code_words import hashing
from ari_app.main import agi_process, spool
from ari_app.main.build_api import opened_api
from ari_app.main.build_cabinet import opened_cabinet
from ari_app.main.build_callbacks import begin_calling_back
from ari_app.main.build_calls import TEXTS, CallHandling, build_calls
from ari_app.main.build_campaigns import campaign_dialler
from ari_app.main.build_desk import AgentDesk, build_desk
from ari_app.main.build_handover import begin_handing_over
from ari_app.main.build_monitoring import Monitoring
from ari_app.main.build_selfcare import SelfService, build_selfcare
from ari_app.main.build_surveys import survey_texts
from ari_app.main.build_waiting import Waiting, build_waiting
from ari_app.main.canary import Canaries, CanaryPorts
from ari_app.main.control_handlers import ControlHandlers
from ari_app.main.foundation import Foundation, clock
from ari_app.main.others_changes import follow
from ari_app.main.releases import directories, take_effect
from ari_app.main.session_services import CABINET
from ari_app.main.shared import Shared, left_calls, opened_shared
from ari_app.main.signals import Signals
from ari_app.main.worker import Membership
from ari_app.menus import loading
from ari_app.menus.live import LiveMenus, Release
from ari_app.menus.watching import watch
from ari_app.monitoring import alerts
from ari_app.selfcare.hashing import Hasher
from ari_app.store import outbox
from ari_app.store.sqlite import Database
from ari_app.store.workers import Worker
from ari_app.ussd import gateway
from ari_app.workplace.build import Workplace

log = logging.getLogger(__name__)


@asynccontextmanager
async def running(foundation: Foundation, signals: Signals) -> AsyncIterator[Link]:
    """Run the application while the context lasts; yields its link to Asterisk.

    The link may still be connecting. The menus are reloaded each time a signal says so. At the
    end callers go back to the dialplan, then tasks are cancelled, then the rest is closed.
    """
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(opened_shared(foundation))
        canaries = await _menus_in_force(shared)
        tasks = await stack.enter_async_context(task_group())
        background = Background(tasks)
        stack.callback(background.cancel)

        selfcare = build_selfcare(shared, background.begin)
        callers = build_calls(shared, selfcare, tasks, background)
        desk = await build_desk(shared, selfcare, callers, background)
        waiting = await build_waiting(shared, callers, desk, background.begin)

        monitoring = Monitoring(shared, callers.calls, desk)
        control = ControlHandlers(
            *(shared, callers, desk, background, signals, monitoring, canaries),
            PhonePasswords(shared.store, shared.hasher),
        )
        overload = _serve_calls(shared, callers, desk, waiting, background)
        if foundation.before is not None:
            await foundation.before.end_when_left()
        await callers.take_up_texts(shared.store, shared.worker)
        await stack.enter_async_context(control.served())
        stack.push_async_callback(_part, callers, signals, shared.worker)
        _look_at_store(shared, control, background.begin)
        _start(shared, selfcare, callers, desk, monitoring, overload, background)
        _begin_menus(shared.menus, signals, canaries, background)
        await stack.enter_async_context(_doors(shared, callers, desk, background.begin))
        await stack.enter_async_context(opened_cabinet(shared, selfcare, callers, background.begin))
        await stack.enter_async_context(opened_api(shared, desk, control.refresh))
        await stack.enter_async_context(monitoring.served())
        _renew_agi(foundation, background)
        yield shared.link


def _look_at_store(shared: Shared, control: ControlHandlers, begin: Begin) -> None:
    """Look whether the store can be used; of several workers, also for what others change there,
    and for whether this one is drained."""
    worker = shared.worker
    begin(shared.store.watch(control.refresh))
    if worker.shares:
        begin(follow(shared.store, control.refresh, control.phones, worker.drain))
        begin(draining.keep(shared.link, worker.pod_is_drained))


def _renew_agi(foundation: Foundation, background: Background) -> None:
    """Replace `firstline agi` as well after an upgrade. Its start takes a processor for a while:
    last of all."""
    if foundation.before is not None:
        background.begin(asyncio.to_thread(agi_process.renew, foundation.state))


async def _menus_in_force(shared: Shared) -> Canaries:
    """Put the menus in force, and go on with the canary of before a restart."""
    config, state = shared.config, shared.foundation.state
    ports = CanaryPorts(
        partial(directories, config, state),
        lambda: shared.config,
        partial(shared.foundation.settings.read, None),
        state.directory / "canary",
        partial(agi_process.reload, state),
        shared.messaging.mail,
    )
    canaries = Canaries(shared.store, shared.menus, ports)
    order = Release("unreleased" if await canaries.resume() else "start")
    for warning in await take_effect(shared.foundation, shared.menus.now, order):
        log.warning("%s", warning)
    return canaries


def _begin_menus(
    menus: LiveMenus, signals: Signals, canaries: Canaries, background: Background
) -> None:
    """Have menus reloaded when a signal says so, and the figures of canaries looked at."""
    background.begin(_reload_on(signals.reload, menus))
    background.begin(canaries.run())


async def _part(callers: CallHandling, signals: Signals, worker: Membership) -> None:
    """Part with the callers: leave them to the application that comes next, or release them."""
    if not signals.hands_over:
        await callers.release()
        return
    await callers.leave_texts()
    if not signals.handed_over:
        worker.returns = True
        await callers.calls.leave()


def _serve_calls(
    shared: Shared,
    callers: CallHandling,
    desk: AgentDesk,
    waiting: Waiting,
    background: Background,
) -> OverloadWatch:
    """Connect to Asterisk, and serve the calls from there; returns what limits them."""
    calls, begin, ari = callers.calls, background.begin, shared.link.ari
    overload = _overload(shared, calls)
    actions = QueueActions(desk.queues.ask)
    returns, takes = actions.return_to, shared.worker.takes_calls
    sharing = SharedCalls(ari, calls, callers.left, begin, returns, takes)
    handle = sharing.handling(waiting.whispers.handling(overload.handling(calls.handle)))
    if callers.ears is not None:
        handle = callers.ears.handling(handle)

    async def reconcile(held: Sequence[Event]) -> None:
        await calls.reconcile(held)
        await waiting.whispers.clear()

    async def adopt(dead: Worker) -> None:
        await shared.link.wait_connected()
        await sharing.adopt(dead.application, await callers.left.of_others())
        await callers.take_up_texts(shared.store, shared.worker)
        await left_calls(shared.store, (CABINET,), shared.worker)

    begin(shared.link.run(handle, reconcile, callers.phone_event))
    begin_handing_over(shared, callers, desk.queues, begin)
    begin(shared.worker.run((*shared.lines, TEXTS, CABINET), adopt))
    begin(calls.watch(actions.extend))
    begin(overload.run())
    begin(overload.lead())
    begin(waiting.news.run())
    return overload


def _start(
    shared: Shared,
    selfcare: SelfService,
    callers: CallHandling,
    desk: AgentDesk,
    monitoring: Monitoring,
    overload: OverloadWatch,
    background: Background,
) -> None:
    """Start what goes on until the application stops."""
    config, menus = shared.config, shared.menus
    begin, lead = background.begin, shared.worker.while_leading
    begin(desk.queues.run())
    begin(desk.guard.run())
    begin_calling_back(shared, callers, desk.queues, desk.dialler, begin)
    begin(lead(campaign_dialler(shared, callers, overload, desk.queues).run))
    begin(lead(desk.record.take_over if shared.worker.shares else desk.record.run))
    begin(log_files.run(log_files.of(state := shared.foundation.state.directory)))
    begin(certificate_ends.run(partial(certificate_ends.of_installation, config, state), clock))
    begin(shared.messaging.outbox.run())
    begin(lead(shared.messaging.campaigns.run))
    if config.survey.text:
        begin(lead(survey_texts(shared).run))
    _begin_mails(shared, monitoring, background)
    if shared.cards is not None:
        begin(lead(shared.cards.run))
    for webhook in shared.webhooks:
        begin(lead(webhook.run))
    begin(selfcare.orders.run())
    begin(shared.announcements.run(_post, menus.words, clock))
    begin(spool.run(shared, callers.inbound))
    _begin_retention(shared, begin)
    if any(queue.record for queue in config.queues.values()) and config.manages_asterisk:
        begin(_disk(shared).run())
    if config.menus.watch:
        begin(watch(loading.directory(config), partial(menus.reload, "watch")))


def _begin_retention(shared: Shared, begin: Begin) -> None:
    """Remove what has expired: the records where this worker leads, and its own files always."""
    store, files, config = shared.store, shared.recordings, shared.config
    most, kept = config.conversations.most * GIGABYTE, config.retention
    begin(shared.worker.while_leading(partial(retention.run, store, kept, files, most, clock)))
    if shared.worker.shares:
        begin(retention.run_for_files(store, kept, files, clock))


def _begin_mails(shared: Shared, monitoring: Monitoring, background: Background) -> None:
    """Send mails of alarms, if the settings name a server: each worker of what is wrong there."""
    name, mail = shared.config.worker.name, shared.messaging.mail
    if shared.messaging.mails is not None:
        background.begin(shared.messaging.mails.run())
        say = (lambda text: mail(f"{name}: {text}")) if name else mail
        background.begin(alerts.watch(monitoring.readiness, say))


def _overload(shared: Shared, calls: Calls) -> OverloadWatch:
    """What leads new callers to the fallback when there are more than can be served."""
    site, metrics = shared.config.site, shared.foundation.metrics
    limits = Limits(site.late, site.calls)
    return OverloadWatch(shared.link, calls.__len__, limits, metrics.overload.set)


def _disk(shared: Shared) -> DiskWatch:
    """What has conversations not recorded while the disk is full."""
    least = shared.config.conversations.room * GIGABYTE
    return DiskWatch(shared.link, shared.foundation.state.directory, int(least))


@asynccontextmanager
async def _doors(
    shared: Shared, callers: CallHandling, desk: AgentDesk, begin: Begin
) -> AsyncIterator[None]:
    """Open the USSD gateway and the agents' desk, if the settings enable them."""
    config, state = shared.config, shared.foundation.state
    # A hasher of the desk's own: attempts to guess passwords there delay no caller's code word.
    with hashing(state) as hasher:
        async with (
            gateway.opened(config.ussd, state.keys().ussd, callers.ussd),
            _desk_served(shared, desk.workplace, hasher, begin),
        ):
            yield


@asynccontextmanager
async def _desk_served(
    shared: Shared, workplace: Workplace, hasher: Hasher, begin: Begin
) -> AsyncIterator[None]:
    """The desk accepts browsers; of several workers, that of the one that leads."""
    provider = shared.foundation.state.keys().oidc
    serving = partial(workplace.serving, shared.config, hasher, provider)
    if not shared.worker.shares:
        begin(workplace.run())
        async with serving():
            yield
        return
    leading = begin(shared.worker.while_leading(partial(workplace.lead, serving)))
    try:
        yield
    finally:
        leading.cancel()
        await asyncio.wait({leading})


async def _reload_on(requested: asyncio.Event, menus: LiveMenus) -> None:
    """Reload the menus each time the event is set (SIGHUP)."""
    while True:
        await requested.wait()
        requested.clear()
        await menus.reload("SIGHUP")


def _post(db: Database, key: str, number: str, text: str, call: str) -> None:
    """Put a text into the outbox, inside a transaction on the store's thread."""
    outbox.post(db, key, number, text, call, clock())
