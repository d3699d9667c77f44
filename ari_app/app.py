"""The one place where all is built, in order, and taken down in reverse."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from msgspec import json

from ari_app import control, flows
from ari_app.ari.calls import Calls
from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine, Times
from ari_app.ari.link import Link, Settings
from ari_app.conductor import World, conduct
from ari_app.config import Config, State
from ari_app.demo import demo_billing, seed
from ari_app.feed import Feed
from ari_app.journal import Journal
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.status import Ari, Live, status
from ari_app.store.calls import close_lost
from ari_app.store.db import Store
from ari_app.store.directory import Directory
from ari_app.store.recorder import Recorder
from ivr.events import Answered
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.wants import Invoke, Screen
from prompts import plan
from prompts.catalogue import Catalogue
from prompts.speak import Voice

log = logging.getLogger(__name__)


class UnknownNumberError(Exception):
    """A number was dialled that no flow claims: the author of the flows must add it."""


class Reception:
    """Receives calls: who calls, on which flow, and what the session needs."""

    def __init__(self, book: Book, directory: Directory, world: World, journal: Journal) -> None:
        self.book = book
        self._directory = directory
        self._world = world
        self._journal = journal

    async def serve(self, line: ChannelLine, channel: Channel, dialled: str) -> None:
        """Serve a call to its end, on the book it began with."""
        flow = self.book.answering(dialled)
        if flow is None:
            raise UnknownNumberError(f"no flow has the number {dialled}: add it to `numbers`")
        known = self._directory.caller(channel.caller.number)
        speaks = known is not None and known.language in flow.languages
        session = Session(
            id=secrets.token_hex(8),
            dialled=dialled,
            caller=Caller(channel.caller.number, known.id if known else None),
            language=known.language if known and speaks else flow.languages[0],
            flow=flow.flow,
            node=flow.start,
        )
        line.told = lambda: self._journal.told(session.id)
        await conduct(line, self.book, session, self._world)


class Background:
    """Deeds that nobody waits for, kept until they are done."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks

    def do(self, deed: Callable[[], Awaitable[None]], what: str) -> None:
        """Do it by and by; a failure is logged."""

        async def guarded() -> None:
            try:
                await deed()
            except Exception as error:  # noqa: BLE001 - the outermost frame of the deed
                log.error("%s failed: %s", what, error)

        self._tasks.create_task(guarded())


@asynccontextmanager
async def running(
    config: Config, state: State, store: Store, catalogue: Catalogue, voice: Voice, pbx: int | None
) -> AsyncIterator[Link]:
    """The application, connected to Asterisk, while the context lasts."""
    book = flows.read(flows.directory(config), catalogue.signatures(), CATALOGUE)
    async with AsyncExitStack() as stack:
        lost = await store.write(close_lost)
        if lost:
            log.warning("%d calls had no end in the record: the application had died", len(lost))
        directory = await Directory.load(store)
        selfcare = Selfcare(await demo_billing(store))
        recorder = await stack.enter_async_context(Recorder(store))
        feed = Feed()

        def text(screen: Screen) -> tuple[str, ...]:
            return tuple(plan.text(catalogue, each, screen.language) for each in screen.phrases)

        async def speak(screen: Screen) -> Sequence[str]:
            return await voice.media(screen.phrases, screen.language)

        async def perform(want: Invoke, session: Session) -> Answered:
            subscriber = session.caller.subscriber
            return await selfcare.run(want.operation, want.inputs, subscriber, want.key)

        tasks = await stack.enter_async_context(_group())
        background = Background(tasks)

        def remember(subscriber: int, language: str) -> None:
            background.do(
                lambda: directory.remember_language(subscriber, language), "remembering a language"
            )

        journal = Journal(recorder.put, feed, text, "ari")
        world = World(perform, remember, journal, lambda: datetime.now(UTC))
        reception = Reception(book, directory, world, journal)
        link = Link(
            Settings(
                url=config.ari_url,
                user=config.ari.user,
                password=state.keys().ari,
                application=config.ari.application,
                transport=config.ari.transport,
            )
        )
        times = Times(dead_man=config.site.dead_man)

        def new_line(channel: str) -> ChannelLine:
            return ChannelLine(link.ari, channel, speak, link.wait_connected, times)

        calls = Calls(link.ari, tasks, new_line, reception.serve)

        async def report() -> bytes:
            pids = {"asterisk": pbx, "voice": voice.pid}
            live = Live(
                Ari(link.connected, link.transport if link.connected else ""),
                link.version,
                calls,
                {name: pid for name, pid in pids.items() if pid},
            )
            return json.encode(await status(config, state, store, live))

        await stack.enter_async_context(control.serve(state.control, report, feed))
        linking = tasks.create_task(link.run(calls.handle, calls.reconcile))
        try:
            yield link
        finally:
            if link.connected:
                await calls.release()
            linking.cancel()


@asynccontextmanager
async def _group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose one failure comes out as itself."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def open_store(config: Config, state: State) -> Store:
    """The store of the installation, with the demo operator in it if the settings say so."""
    store = await Store.open(state.database)
    if config.site.demo and await seed(store, datetime.now(UTC)):
        log.info("the demo operator was added: 50 subscribers, 2 agents")
    return store
