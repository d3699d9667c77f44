"""What the parts of the application share: opened before the first task, closed after the last."""

import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.ari.link import Link
from ari_app.ari.sending import Settings as AriSettings
from ari_app.calls import adoption
from ari_app.calls.adoption import LeftCall
from ari_app.calls.recordings import Recordings
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.fulfilment.code_words import hashing
from ari_app.main.billing import RefreshableBilling, opened_billing
from ari_app.main.foundation import Foundation, clock
from ari_app.main.http_operations import opened_http_operations
from ari_app.main.messaging import (
    Messaging,
    opened_card_webhook,
    opened_messaging,
    opened_webhooks,
)
from ari_app.main.releases import take_effect
from ari_app.main.worker import Membership, joined
from ari_app.menus.live import LiveMenus
from ari_app.messaging.card_webhook import CardWebhook
from ari_app.messaging.event_webhook import EventWebhook
from ari_app.selfcare.hashing import Hasher
from ari_app.selfcare.http.operations import HttpOperations
from ari_app.store.db import Store, StoreError
from ari_app.store.directory import Directory
from ari_app.store.forced_hours import ForcedHours
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.recorder import Recorder
from ivr.checkpoint import Checkpoint

log = logging.getLogger(__name__)


class Shared(Struct, frozen=True):
    """What the parts of the application share."""

    foundation: Foundation
    menus: LiveMenus
    link: Link
    """The connection to ARI; it connects when it is run."""
    feed: LiveFeed
    lines: Collection[str]
    """The lines of this process, by which calls are recorded to come."""
    worker: Membership
    """This application among those that share the database."""
    left: Sequence[LeftCall]
    """The calls of the application before this one, if it died."""
    recorder: Recorder
    recordings: Recordings
    directory: Directory
    announcements: LiveAnnouncements
    forced_hours: ForcedHours
    hasher: Hasher
    billing: RefreshableBilling
    messaging: Messaging
    http: HttpOperations
    cards: CardWebhook | None
    """What sends the agents' cards to another system, if one is named."""
    webhooks: Sequence[EventWebhook]
    """What sends events to other systems."""

    @property
    def config(self) -> Config:
        """The settings of the installation."""
        return self.foundation.config

    @property
    def store(self) -> Store:
        """The open store of the installation."""
        return self.foundation.store

    def local_time(self) -> datetime:
        """The time in the time zone of the site."""
        return _local_time(self.config)


@asynccontextmanager
async def opened_shared(
    foundation: Foundation, lines: Collection[str] = ("ari",), of: str = ""
) -> AsyncIterator[Shared]:
    """Load from the store what calls need in memory, and open what has to be closed again.

    Calls over these ``lines`` are those of this process: which are open in the store were lost.
    ``of`` names it among the workers, where it is not the application.
    """
    config, state, store = foundation.config, foundation.state, foundation.store
    take_over = foundation.take_over or foundation.before is not None
    link = Link(_ari_settings(config, state, take_over))
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(joined(foundation, of))
        left = () if foundation.before else await left_calls(store, lines, worker)
        yield Shared(
            foundation=foundation,
            menus=LiveMenus(
                foundation.first, foundation.settings.read, partial(take_effect, foundation)
            ),
            link=link,
            feed=LiveFeed(),
            lines=lines,
            worker=worker,
            left=left,
            recorder=await stack.enter_async_context(Recorder(store, owner=worker.epoch)),
            recordings=Recordings(state.recorded),
            directory=Directory(store),
            announcements=await LiveAnnouncements.load(store, clock()),
            forced_hours=await ForcedHours.load(store, clock()),
            hasher=stack.enter_context(hashing(state)),
            billing=await stack.enter_async_context(opened_billing(config, state, store)),
            messaging=await stack.enter_async_context(
                opened_messaging(config, state, store, link, worker.epoch)
            ),
            cards=await stack.enter_async_context(opened_card_webhook(config, state, store)),
            webhooks=await stack.enter_async_context(opened_webhooks(config, state, store)),
            http=await stack.enter_async_context(
                opened_http_operations(config, state, partial(_local_time, config))
            ),
        )


async def left_calls(
    store: Store, lines: Collection[str], worker: Membership
) -> Sequence[LeftCall]:
    """The calls over these ``lines`` that the application before left and that can go on; of
    workers, those that no other one serves."""
    try:
        return await store.write_unsynced(adoption.left, lines, worker.epoch)
    except StoreError as error:
        log.error("calls of the last run do not go on, and were not closed: %s", error)
        return ()


async def checkpoint_on(shared: Shared, channel: str) -> Checkpoint | None:
    """Where the call of a channel stands that another worker serves; None if none is known."""
    try:
        return await shared.store.look_up(adoption.checkpoint_on, channel)
    except StoreError as error:
        log.error("channel %s: its call is not found: %s", channel, error)
        return None


def _local_time(config: Config) -> datetime:
    return datetime.now(ZoneInfo(config.site.timezone))


def _ari_settings(config: Config, state: State, take_over: bool) -> AriSettings:
    return AriSettings(
        url=config.ari_url,
        user=config.ari.user,
        password=state.keys().ari,
        application=config.application,
        transport=config.ari.transport,
        shares=bool(config.worker.name),
        take_over=take_over,
    )
