"""An installation with menus of its own on a clock of ours, for tests of canaries."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from ari_app.calls.call_log import CallLog
from ari_app.config.settings import Config, MenuSettings
from ari_app.control.live_feed import LiveFeed
from ari_app.main.canary import Canaries, CanaryPorts
from ari_app.main.releases import keep_set
from ari_app.menus import loading
from ari_app.menus.files import Directories
from ari_app.menus.live import LiveMenus, MenuRelease, Release
from ari_app.session.conductor import SessionPorts, conduct
from ari_app.store import calls, canaries
from ari_app.store.calls import Record
from ari_app.store.canaries import Canary
from ari_app.store.db import Store
from ivr.events import Answered, Bridged, Event, Gone, Keyed, Played
from ivr.session import Caller
from ivr.session_start import start_session
from ivr.wants import Action
from prompts.catalogue import read
from prompts.media import PromptMedia
from tests.session.scripted import FLOW, OPERATIONS, PROMPTS, Scripted

WORDS = read({"ru.yaml": "".join(f"{prompt}: Слово.\n" for prompt in PROMPTS)})
BROKEN = FLOW.replace('"1": balance, ', "")
"""Its callers press 1 in vain, and hang up."""


class NoSound:
    """The sound files of menus that are played to no one."""

    voice = None
    problems = ()

    def __init__(self, texts: Any) -> None:
        self.catalogue = texts
        self.recordings: dict[Any, Any] = {}

    async def render_all(self, _: object) -> None:
        """Nothing is spoken."""


class Site:
    """An installation with menus of its own, its application, and its callers."""

    def __init__(self, directory: Path, store: Store) -> None:
        self.where = Directories(directory / "menus", directory / "recordings")
        self.flow = directory / "menus" / "611.yaml"
        self.flow.parent.mkdir(exist_ok=True)
        self.store, self.scratch = store, directory / "canary"
        self.settings = Config(menus=MenuSettings(directory=str(directory / "menus")))
        self.now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.mails: list[str] = []
        self.numbers = (f"37529{number:07}" for number in range(10**7))

    async def start(self) -> None:
        """Start the application, with what is on the disk or goes on."""
        self.menus = LiveMenus(self.read(self.flow.parent), self._on_disk, self._put)
        ports = CanaryPorts(
            lambda: self.where,
            lambda: self.settings,
            lambda directory: self.read(directory),
            self.scratch,
            lambda: None,
            self.mails.append,
            lambda: self.now,
        )
        self.canaries = Canaries(self.store, self.menus, ports)
        how = Release("unreleased" if await self.canaries.resume() else "start")
        await keep_set(self.store, self.where, how)

    def _on_disk(self) -> MenuRelease:
        return self.read(self.flow.parent)

    def read(self, directory: Path) -> MenuRelease:
        """The menus of a directory."""
        found = loading.menus(directory, WORDS, OPERATIONS)
        return MenuRelease(found, cast(PromptMedia, NoSound(found.catalogue)))

    async def _put(self, _: MenuRelease, order: Release) -> tuple[str, ...]:
        await keep_set(self.store, self.where, order)
        return ()

    def is_new(self, number: str) -> bool:
        """Whether a caller goes by the new menus."""
        return bool(self.menus.release_for(number, "call").canary)

    async def callers(self, count: int) -> None:
        """So many call, one each minute: they press 1 for the balance, and 0 for people; who is
        not understood hangs up."""
        for number in (next(self.numbers) for _ in range(count)):
            self.now += timedelta(minutes=1)
            await self.call(number)

    async def call(self, number: str) -> None:
        """One calls."""
        records: list[Record] = []
        release = self.menus.release_for(number, number)
        log = CallLog(records.append, LiveFeed(), lambda _: (), "ari", canary=release.canary)
        ports = SessionPorts(_ok, lambda *_: None, log, self._clock, note=log.note)
        book = release.menus.book
        session = start_session(book, f"call-{number}", "611", Caller(number))
        assert session is not None
        understood: list[Event] = [Keyed("1"), Keyed("0"), Bridged("ended"), Played()]
        refused: list[Event] = [Keyed("1"), Gone(16)]
        known = "1" in getattr(book.flows["611"].nodes["main"], "keys", {})
        await conduct(Scripted(understood if known else refused), book, session, ports)
        await self.store.write(calls.add, records)

    def _clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    async def last(self) -> Canary:
        """The last canary."""
        return (await self.store.read(canaries.listed))[0]


async def _ok(_action: Action, _session: object) -> Answered:
    return Answered("ok")
