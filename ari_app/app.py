"""The one place where all is built, in order, and taken down in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from msgspec import Struct, json

from ari_app import control
from ari_app.ari.calls import Calls
from ari_app.ari.line import ChannelLine, Times
from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.conductor import Remember, World
from ari_app.config import Config, State
from ari_app.demo import demo_billing, seed
from ari_app.feed import Feed
from ari_app.journal import Journal
from ari_app.line import UndoneError
from ari_app.reception import Reception
from ari_app.recorded import Recorded
from ari_app.selfcare.operations import Selfcare
from ari_app.status import Ari, Live, status
from ari_app.store.calls import close_lost
from ari_app.store.db import Store
from ari_app.store.directory import Directory
from ari_app.store.recorder import Recorder
from ivr.events import Answered
from ivr.model import Book
from ivr.phrases import PhraseError
from ivr.session import Session
from ivr.wants import Deed, Invoke, Screen
from prompts import plan
from prompts.catalogue import Catalogue
from prompts.speak import SpeechFailed, Voice

log = logging.getLogger(__name__)


class Ground(Struct, frozen=True):
    """What stands before the first call; ``pbx`` is the process of an Asterisk of ours."""

    config: Config
    state: State
    catalogue: Catalogue
    book: Book
    store: Store
    voice: Voice
    pbx: int | None


async def open_store(config: Config, state: State) -> Store:
    """The store of the installation, with the demo operator in it if the settings say so."""
    store = await Store.open(state.database)
    if config.site.demo and await seed(store, datetime.now(UTC)):
        log.info("the demo operator was added: 50 subscribers, 2 agents")
    return store


@asynccontextmanager
async def running(ground: Ground) -> AsyncIterator[Link]:
    """The application, reaching for Asterisk or connected to it, while the context lasts."""
    config, store = ground.config, ground.store
    async with AsyncExitStack() as stack:
        lost = await store.write(close_lost)
        if lost:
            log.warning("%d calls had no end in the record: the application had died", len(lost))
        _compare_numbers(config, ground.book)
        directory = await Directory.load(store)
        recorder = await stack.enter_async_context(Recorder(store))
        tasks = await stack.enter_async_context(_group())
        feed = Feed()
        journal = Journal(recorder.put, feed, lambda screen: _text(ground.catalogue, screen), "ari")
        world = await _world(ground, journal, _remembering(directory, tasks))
        reception = Reception(ground.book, directory.caller, world, journal.told)
        link = Link(_settings(ground))
        times = Times(dead_man=config.site.dead_man)

        async def speak(screen: Screen) -> Sequence[str]:
            try:
                return await ground.voice.media(screen.phrases, screen.language)
            except (SpeechFailed, PhraseError) as error:
                raise UndoneError(f"a prompt cannot be told: {error}") from error

        def unplayable(files: Sequence[str]) -> None:
            for file in files:
                ground.voice.forget(file)

        recorded = Recorded(ground.state.recorded)

        def new_line(channel: str) -> ChannelLine:
            line = ChannelLine(link, channel, speak, recorded.keep, times)
            line.unplayable = unplayable
            return line

        calls = Calls(link.ari, tasks, new_line, reception.serve)

        async def report() -> bytes:
            return await _report(ground, link, calls)

        await stack.enter_async_context(control.serve(ground.state.control, report, feed))
        linking = tasks.create_task(link.run(calls.handle, calls.reconcile))
        try:
            yield link
        finally:
            await calls.release()
            linking.cancel()


def _compare_numbers(config: Config, book: Book) -> None:
    """Say which numbers lead nowhere; such a caller still reaches an agent by the fallback."""
    dialled = set(config.site.numbers)
    claimed = {number for flow in book.flows.values() for number in flow.numbers}
    for number in sorted(dialled - claimed):
        log.warning("no flow claims %s: add it to a flow, or take it out of [site]", number)
    for number in sorted(claimed - dialled):
        log.warning("nobody can dial %s of a flow: add it to numbers of [site]", number)


async def _world(ground: Ground, journal: Journal, remember: Remember) -> World:
    selfcare = Selfcare(await demo_billing(ground.store))

    async def perform(want: Deed, session: Session) -> Answered:
        if not isinstance(want, Invoke):
            raise NotImplementedError(type(want).__name__)
        subscriber = session.caller.subscriber
        return await selfcare.run(want.operation, want.inputs, subscriber, want.key)

    return World(perform, remember, journal, lambda: datetime.now(UTC))


def _remembering(directory: Directory, tasks: asyncio.TaskGroup) -> Remember:
    """Remembers languages behind the call's back; a failure costs the caller nothing."""

    async def remembering(subscriber: int, language: str) -> None:
        try:
            await directory.remember_language(subscriber, language)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the deed
            log.error("the language of subscriber %d was not remembered: %s", subscriber, error)

    def remember(subscriber: int, language: str) -> None:
        tasks.create_task(remembering(subscriber, language))

    return remember


def _settings(ground: Ground) -> Settings:
    ari = ground.config.ari
    return Settings(
        url=ground.config.ari_url,
        user=ari.user,
        password=ground.state.keys().ari,
        application=ari.application,
        transport=ari.transport,
    )


def _text(catalogue: Catalogue, screen: Screen) -> tuple[str, ...]:
    """The phrases of a screen as sentences."""
    return tuple(plan.text(catalogue, each, screen.language) for each in screen.phrases)


async def _report(ground: Ground, link: Link, calls: Calls) -> bytes:
    """The status as JSON."""
    pids = {"asterisk": ground.pbx, "voice": ground.voice.pid}
    live = Live(
        Ari(link.connected, link.transport if link.connected else ""),
        link.version,
        calls,
        {name: pid for name, pid in pids.items() if pid},
    )
    return json.encode(await status(ground.config, ground.state, ground.store, live))


@asynccontextmanager
async def _group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose one failure comes out as itself."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
