"""What sessions use while they run: actions, records and texts, on one release of the menus."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ari_app.calls.actions import Actions
from ari_app.calls.call_log import CallLog
from ari_app.calls.inbound import CallServices
from ari_app.control.live_feed import LiveFeed
from ari_app.main.foundation import clock
from ari_app.menus.live import LiveMenus, MenuRelease
from ari_app.monitoring.call_meter import CallMeter
from ari_app.monitoring.metrics import Metrics
from ari_app.session.conductor import Place, RememberLanguage, SessionPorts
from ari_app.session.media import Sounds
from ari_app.store.calls import Path, Record
from ari_app.store.checkpoints import CallStands
from ari_app.store.directory import Directory
from ari_app.ussd.left import OF_TEXTS, Checkpoints
from ari_app.ussd.line import for_readers
from ari_app.ussd.sessions import TextServices
from ari_app.workplace.live_calls import LiveCalls
from ivr.checkpoint import checkpoint
from ivr.screens import PageSize
from ivr.session import Session
from ivr.wants import Want
from prompts.plan import screen_texts

log = logging.getLogger(__name__)

CABINET = "cabinet"
"""What visits of the cabinet are recorded to come over."""

WHOLE = PageSize(8000, 8000)
"""The size of a page of the cabinet: all that is to be read at once."""

T = TypeVar("T")


class PerRelease(Generic[T]):
    """Returns what was built for the release of the menus by which a call goes; builds it once a
    release."""

    def __init__(self, menus: LiveMenus, build: Callable[[MenuRelease], T]) -> None:
        self._menus = menus
        self._build = build
        self._built: dict[int, tuple[MenuRelease, T]] = {}

    def __call__(self, number: str = "", call: str = "") -> T:
        """For a caller's number, "" if it is withheld, and a call; without both for all."""
        known = bool(number or call)
        release = self._menus.release_for(number, call) if known else self._menus.now
        built = self._built.get(bool(release.canary))
        if built is None or built[0] is not release:
            built = self._built[bool(release.canary)] = release, self._build(release)
        return built[1]


class SessionServices(Struct, frozen=True):
    """Builds what sessions use, for a release of the menus.

    ``record`` takes what is stored of calls, and ``settle`` waits until it is; ``live_calls``
    observes them for the agents' desk; ``line`` is what voice calls are recorded to come over;
    ``place`` says where their callers come into queues.
    """

    record: Callable[[Record], None]
    settle: Callable[[], Awaitable[None]]
    feed: LiveFeed
    actions: Actions
    remember: RememberLanguage
    live_calls: LiveCalls
    metrics: Metrics
    line: str
    place: Place

    def serving(self, release: MenuRelease) -> CallServices:
        """What voice calls use."""
        call_log, meter, ports = self._ports(release, self.line)
        ports = replace(ports, place=self.place)
        reading = release.reading

        def sounds(call: str) -> Sounds:
            def unplayable(files: Sequence[str]) -> None:
                reading.unplayable(files)
                call_log.unheard(call, clock())
                meter.unheard()

            def after_key(since: float) -> Sequence[str]:
                meter.playing(call)
                return reading.silence_after_key(since)

            return Sounds(
                release.speak,
                partial(call_log.heard, call),
                unplayable,
                after_key,
                reading.lasts,
            )

        going_on = partial(self._going_on, call_log, meter)
        return CallServices(release.menus.book, ports, sounds, going_on)

    def on_pages(self, release: MenuRelease) -> TextServices:
        """What goes through the menus on pages of the cabinet; a restart ends it."""
        text = partial(screen_texts, release.reading.catalogue, form="written")
        _, _, ports = self._ports(release, CABINET)
        ports = replace(ports, perform=for_readers(ports.perform))
        return TextServices(release.menus.book, text, ports, size=WHOLE)

    def written(self, release: MenuRelease) -> TextServices:
        """What text sessions use."""
        text = partial(screen_texts, release.reading.catalogue, form="written")
        call_log, meter, ports = self._ports(release, "ussd")
        book = release.menus.book

        def keep(name: str, session: Session, want: Want, replies: int) -> None:
            kept = checkpoint(book, session, want, replies)
            self.record(CallStands(session.id, f"{OF_TEXTS}{name}", clock(), kept))

        ports = replace(ports, perform=for_readers(ports.perform), kept=self.settle)
        going_on = partial(self._going_on, call_log, meter)
        return TextServices(book, text, ports, Checkpoints(keep, going_on))

    def _going_on(self, call_log: CallLog, meter: CallMeter, session: Session, path: Path) -> None:
        """A session of before a restart goes on."""
        call_log.going_on(session, path, clock())
        self.live_calls.going_on(session, path)
        meter.going_on()

    def _ports(self, release: MenuRelease, line: str) -> tuple[CallLog, CallMeter, SessionPorts]:
        texts = partial(screen_texts, release.reading.catalogue)
        call_log = CallLog(self.record, self.feed, texts, line, release.canary)
        written = partial(screen_texts, release.reading.catalogue, form="written")
        perform = partial(self.actions.perform, release.menus.book, written)
        meter = CallMeter(self.metrics, line, self.live_calls.observing(call_log))
        ports = SessionPorts(perform, self.remember, meter, clock, note=call_log.note)
        return call_log, meter, ports


def remembering(directory: Directory, tasks: asyncio.TaskGroup) -> RememberLanguage:
    """Return what stores a caller's chosen language in the background; failures are logged."""

    async def store_language(subscriber: int, language: str) -> None:
        try:
            await directory.remember_language(subscriber, language)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the task
            log.error("the language of subscriber %d was not stored: %s", subscriber, error)

    def remember(subscriber: int, language: str) -> None:
        tasks.create_task(store_language(subscriber, language))

    return remember
