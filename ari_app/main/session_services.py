"""What serves calls, whatever the menus: the world of their sessions."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from ari_app.calls.actions import Actions
from ari_app.calls.call_log import CallLog
from ari_app.calls.inbound import CallServices
from ari_app.control.live_feed import LiveFeed
from ari_app.menus.live import MenuRelease
from ari_app.session.conductor import RememberLanguage, SessionPorts
from ari_app.store.calls import Record
from ari_app.store.directory import Directory
from ari_app.ussd.line import reading
from ari_app.ussd.sessions import TextServices
from ari_app.workplace.calling import Calling
from ivr.wants import Screen
from prompts import plan
from prompts.catalogue import Catalogue

log = logging.getLogger(__name__)


class SessionServices(Struct, frozen=True):
    """What serves calls; ``calling`` remembers them for the agents."""

    record: Callable[[Record], None]
    feed: LiveFeed
    deeds: Actions
    remember: RememberLanguage
    calling: Calling

    def serving(self, now: MenuRelease) -> CallServices:
        """What serves calls on these menus."""
        journal, world = self._world(now, "ari")
        return CallServices(now.menus.book, now.speak, world, journal.heard)

    def written(self, now: MenuRelease) -> TextServices:
        """What serves text sessions on these menus."""
        text = partial(_written, now.reading.catalogue)
        world = self._world(now, "ussd")[1]
        return TextServices(now.menus.book, text, replace(world, perform=reading(world.perform)))

    def _world(self, now: MenuRelease, line: str) -> tuple[CallLog, SessionPorts]:
        text = partial(_text, now.reading.catalogue)
        journal = CallLog(self.record, self.feed, text, line)
        written = partial(_written, now.reading.catalogue)
        perform = partial(self.deeds.perform, now.menus.book, written)
        return journal, SessionPorts(perform, self.remember, self.calling.witness(journal), clock)


def clock() -> datetime:
    """What time it is."""
    return datetime.now(UTC)


def remembering(directory: Directory, tasks: asyncio.TaskGroup) -> RememberLanguage:
    """Remembers languages behind the call's back; a failure costs the caller nothing."""

    async def remembered(subscriber: int, language: str) -> None:
        try:
            await directory.remember_language(subscriber, language)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the deed
            log.error("the language of subscriber %d was not remembered: %s", subscriber, error)

    def remember(subscriber: int, language: str) -> None:
        tasks.create_task(remembered(subscriber, language))

    return remember


def _text(catalogue: Catalogue, screen: Screen) -> tuple[str, ...]:
    """The phrases of a screen as they are told."""
    return tuple(plan.text(catalogue, each, screen.language) for each in screen.phrases)


def _written(catalogue: Catalogue, screen: Screen) -> tuple[str, ...]:
    """The phrases of a screen as they are read."""
    return tuple(plan.written(catalogue, each, screen.language) for each in screen.phrases)
