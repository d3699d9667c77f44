"""The one place where all is built, in order, and taken down in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec import Struct, json

from ari_app.admin import retention
from ari_app.admin.phone_passwords import PhonePasswords
from ari_app.admin.status import Ari, MenusNow, Runtime, status
from ari_app.ami import client as ami
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.ari.calls import Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.line import ChannelLine
from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.ari.supervisor import supervise
from ari_app.background import Background, group
from ari_app.calls.actions import Actions
from ari_app.calls.inbound import InboundCalls
from ari_app.calls.recordings import Recordings
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.control.server import Handlers, serve_control
from ari_app.fulfilment.code_words import StoredCodeWords, hashing
from ari_app.fulfilment.messages import StoredMessages
from ari_app.fulfilment.orders import OrderServices, StoredOrders
from ari_app.fulfilment.requests import StoredRequests
from ari_app.main import messaging, pbx_site
from ari_app.main.billing import billed
from ari_app.main.session_services import SessionServices, clock, remembering
from ari_app.menus import loading
from ari_app.menus.live import How, LiveMenus, MenuRelease, watch
from ari_app.menus.loading import Menus
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.operations import Selfcare
from ari_app.store import outbox as messages
from ari_app.store import versions
from ari_app.store.calls import close_lost
from ari_app.store.db import Store, StoreError
from ari_app.store.directory import Directory
from ari_app.store.forced_hours import ForcedHours
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.recorder import Recorder
from ari_app.store.sqlite import Database
from ari_app.store.versions import Version
from ari_app.ussd import gateway
from ari_app.ussd.sessions import Sessions
from ari_app.workplace.build import Needed, Workplace
from ari_app.workplace.calling import Calling
from ari_app.workplace.phones import Phones
from ivr.values import Phrase

log = logging.getLogger(__name__)


class Foundation(Struct, frozen=True):
    """What stands before the first call; ``pbx`` is the process of an Asterisk of ours."""

    config: Config
    state: State
    first: MenuRelease
    read: Callable[[], MenuRelease]
    """Reads the menus on the disk anew, in a thread."""
    store: Store
    pbx: int | None


@asynccontextmanager
async def running(ground: Foundation, again: asyncio.Event) -> AsyncIterator[Link]:
    """The application, reaching for Asterisk or connected to it, while the context lasts.

    Each time ``again`` is set the menus are read again.
    """
    config, store = ground.config, ground.store
    async with AsyncExitStack() as stack:
        lost = await store.write(close_lost)
        if lost:
            log.warning("%d calls had no end in the record: the application had died", len(lost))
        directory = await Directory.load(store)
        recorder = await stack.enter_async_context(Recorder(store))
        tasks = await stack.enter_async_context(group())
        background = Background(tasks)
        feed = LiveFeed()
        link = Link(_settings(ground))
        bulletin = await LiveAnnouncements.load(store, clock())
        forced = await ForcedHours.load(store, clock())
        texts = messaging.texts(config, store, link)
        outbox = await messaging.outbox(config, ground.state, store, link, texts, stack)
        hasher = stack.enter_context(hashing(ground.state))
        words = StoredCodeWords(store, hasher, clock, config.operator.brands)
        staff = StoredRequests(store, bulletin, clock)
        billing = await stack.enter_async_context(billed(config, ground.state, store))
        zone = config.site.timezone
        here = partial(datetime.now, ZoneInfo(zone))

        def say(phrase: Phrase, language: str) -> str:
            return air.say(phrase, language)

        ordering = StoredOrders(
            OrderServices(store, billing, say, here, background.begin, outbox.wake)
        )
        told = StoredMessages(outbox, say, store.numbers)
        selfcare = Selfcare(Backends(billing, staff, words, ordering, told, directory, here))
        deeds = Actions(selfcare, store, bulletin, forced, outbox, clock, zone, background.begin)
        calling = Calling(directory.caller, frozenset(config.ari.forgeable))
        means = SessionServices(recorder.put, feed, deeds, remembering(directory, tasks), calling)
        reception = InboundCalls(
            directory.caller, means.serving(ground.first), config.ari.forgeable, calling
        )
        sessions = Sessions(means.written(ground.first), reception.enter, background.begin)
        texting = messaging.texting(config, store, link, texts, sessions, background.begin)
        put = partial(_put, ground, means, (reception, sessions))
        for warning in await put(ground.first, "start"):
            log.warning("%s", warning)
        air = LiveMenus(ground.first, ground.read, put)
        timeouts = Timeouts.within(config.site.dead_man)

        recorded = Recordings(ground.state.recorded)

        def new_line(channel: str) -> ChannelLine:
            speak, unplayable = reception.serving.speak, ground.first.reading.voice.forget
            return ChannelLine(link, channel, speak, recorded.keep, timeouts, unplayable)

        calls = Calls(link.ari, tasks, new_line, reception.serve)
        phones = Phones()
        queues = QueueMonitor(_ami(ground), clock, phones=phones.known)
        needed = Needed(
            store=store,
            billing=billing,
            bulletin=bulletin,
            calling=calling,
            words=words,
            selfcare=selfcare,
            spy=partial(supervise, link.ari),
            phones=phones,
            watch=queues,
            menus=lambda: (air.now.reading.catalogue, air.now.menus.book),
            now=clock,
            zone=zone,
            numbers=store.numbers,
            wrapups=pbx_site.wrapups(config),
            begin=background.begin,
        )
        workplace = await Workplace.begun(needed)
        refreshing = (deeds.refresh, directory.refresh, billing.refresh, workplace.refresh)
        passwords = PhonePasswords(store, hasher)
        reached = _Reached(link, calls, sessions, queues, passwords, refreshing)
        await stack.enter_async_context(_answering(ground, air, reached, background, feed))
        background.begin(link.run(calls.handle, calls.reconcile))
        background.begin(queues.run())
        background.begin(workplace.run())
        background.begin(outbox.run())
        background.begin(ordering.run())
        background.begin(bulletin.attend(_post, air.words, clock))
        background.begin(retention.run(store, config.retention, recorded, clock))
        background.begin(_whenever(again, partial(air.reload, "SIGHUP")))
        if config.menus.watch:
            background.begin(watch(loading.directory(config), partial(air.reload, "watch")))
        try:
            # The desk hashes by itself: who guesses passwords there holds up no caller's code word.
            with hashing(ground.state) as desks:
                async with (
                    gateway.opened(config.ussd, ground.state.keys().ussd, sessions),
                    workplace.site(config, desks),
                ):
                    yield link
        finally:
            await calls.release()
            await sessions.release()
            await texting.release()
            background.cancel()


async def _put(
    ground: Foundation,
    means: SessionServices,
    receive: tuple[InboundCalls, Sessions],
    now: MenuRelease,
    how: How,
) -> tuple[str, ...]:
    """Give menus to all new calls; what the operator should know of them."""
    await pbx_site.apology(ground.state, now.reading)
    await _keep(ground.store, now.menus, how)
    reception, sessions = receive
    reception.serving, sessions.written = means.serving(now), means.written(now)
    return (*map(str, now.menus.warnings), *pbx_site.unmatched(ground.config, now.menus.book))


class _Reached(Struct, frozen=True):
    """What commands reach in the running application."""

    link: Link
    calls: Calls
    sessions: Sessions
    queues: QueueMonitor
    passwords: PhonePasswords
    refreshing: tuple[Callable[[], Awaitable[None]], ...]
    """Each reads again what it keeps in memory."""


def _answering(
    ground: Foundation, air: LiveMenus, reached: _Reached, background: Background, feed: LiveFeed
) -> AbstractAsyncContextManager[None]:
    """The control socket."""

    async def report() -> bytes:
        return await _report(ground, air, reached)

    async def queues() -> bytes:
        return json.encode(reached.queues.view)

    async def refresh() -> None:
        for each in reached.refreshing:
            await each()

    async def reload() -> bytes:
        return json.encode(await asyncio.shield(background.begin(air.reload("reload"))))

    ussd = partial(gateway.answered_or_refused, reached.sessions)
    return serve_control(
        ground.state.control, Handlers(report, queues, reload, refresh, ussd), feed
    )


async def _whenever(event: asyncio.Event, deed: Callable[[], Awaitable[object]]) -> None:
    """Do a deed each time the event is set."""
    while True:
        await event.wait()
        event.clear()
        await deed()


async def _keep(store: Store, menus: Menus, how: How) -> None:
    """Keep the versions that go on the air; calls go on them even if that fails."""
    now = clock()
    kept = [
        (Version(name, flow.version, now, how), menus.sources[name])
        for name, flow in menus.book.flows.items()
    ]
    try:
        await store.write(versions.record, kept)
    except StoreError as error:
        log.error("the texts of the menus were not kept: %s", error)


def _post(db: Database, key: str, number: str, text: str, call: str) -> None:
    """Puts a message into the outbox inside of a transaction, on the store's thread."""
    messages.post(db, key, number, text, call, clock())


def _settings(ground: Foundation) -> Settings:
    ari = ground.config.ari
    return Settings(
        url=ground.config.ari_url,
        user=ari.user,
        password=ground.state.keys().ari,
        application=ari.application,
        transport=ari.transport,
    )


def _ami(ground: Foundation) -> ami.Settings:
    password = ground.state.keys().ami
    return ami.Settings(ground.config.ports.ami, "firstline", password, events="agent,call")


async def _report(ground: Foundation, air: LiveMenus, reached: _Reached) -> bytes:
    """The status as JSON."""
    pids = {"asterisk": ground.pbx, "voice": air.now.reading.voice.pid}
    book = air.now.menus.book
    live = Runtime(
        Ari(reached.link.connected, reached.link.transport if reached.link.connected else ""),
        reached.link.version,
        reached.calls,
        {name: pid for name, pid in pids.items() if pid},
        MenusNow({name: flow.version for name, flow in book.flows.items()}, air.refused),
    )
    demo = ground.config.site.demo
    by_phone = await reached.passwords.names() if demo else ()
    return json.encode(await status(ground.config, ground.state, ground.store, by_phone, live))
