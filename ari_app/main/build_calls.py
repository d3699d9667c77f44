"""Builds what serves callers: voice calls, USSD sessions of gateways, and texts of phones."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct

from ari_app.ari.calls import Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.events import TextMessageReceived
from ari_app.ari.line import ChannelLine, Sounds, Speak
from ari_app.ari.link import TakeText
from ari_app.ari.player import OnHeard
from ari_app.background import Background
from ari_app.calls.actions import Actions
from ari_app.calls.inbound import InboundCalls, NewLine
from ari_app.config.settings import Config
from ari_app.main.build_selfcare import SelfService
from ari_app.main.foundation import clock
from ari_app.main.session_services import PerRelease, SessionServices, remembering
from ari_app.main.shared import Shared
from ari_app.store import subscribers
from ari_app.ussd.message_sessions import MessagePort, MessageSessions
from ari_app.ussd.sessions import Sessions
from ari_app.workplace.live_calls import LiveCalls


class CallHandling(Struct, frozen=True):
    """What serves callers on every line."""

    calls: Calls
    ussd: Sessions
    texts: MessageSessions
    take_text: TakeText | None
    """Takes the texts of phones; None if the settings switch text sessions off."""
    live_calls: LiveCalls
    """The calls in progress, as the agents' desk needs them."""
    actions: Actions

    async def release(self) -> None:
        """End all sessions; voice callers go back to the dialplan, which queues them."""
        await self.calls.release()
        await self.ussd.release()
        await self.texts.release()


def build_calls(
    shared: Shared, selfcare: SelfService, tasks: asyncio.TaskGroup, background: Background
) -> CallHandling:
    """Build what serves callers; every call is a task of ``tasks``."""
    config, directory = shared.config, shared.directory
    live_calls = LiveCalls(directory.caller, frozenset(config.ari.forgeable))
    actions = Actions(
        selfcare.operations,
        shared.store,
        shared.announcements,
        shared.forced_hours,
        shared.messaging.outbox,
        clock,
        config.site.timezone,
        background.begin,
    )
    services = SessionServices(
        shared.recorder.put, shared.feed, actions, remembering(directory, tasks), live_calls
    )
    serving = PerRelease(shared.menus, services.serving)
    written = PerRelease(shared.menus, services.written)
    forgeable, new_line = config.ari.forgeable, _lines(shared)
    inbound = InboundCalls(directory.caller, serving, new_line, forgeable, live_calls)
    calls = Calls(shared.link.ari, tasks, inbound.accept)
    ussd = Sessions(written, inbound.enter, background.begin)
    post = MessagePort(_number_of_phone(shared), shared.messaging.phones.reply)
    texts = MessageSessions(written, inbound.enter, post, background.begin, config.ussd.menu)
    take_text = _text_taker(config, texts) if config.ussd.texts else None
    return CallHandling(calls, ussd, texts, take_text, live_calls, actions)


def _lines(shared: Shared) -> NewLine:
    """Return what makes the line of a channel."""
    timeouts = Timeouts.within(shared.config.site.dead_man)
    unplayable = shared.foundation.first.reading.voice.forget

    def new_line(channel: str, speak: Speak, heard: OnHeard) -> ChannelLine:
        sounds = Sounds(speak, heard, unplayable)
        return ChannelLine(shared.link, channel, sounds, shared.recordings.keep, timeouts)

    return new_line


def _number_of_phone(shared: Shared) -> Callable[[str], Awaitable[str | None]]:
    """Return what looks up the number of the subscriber whose phone an endpoint is."""

    async def number(phone: str) -> str | None:
        return await shared.store.read(subscribers.number_of_phone, phone)

    return number


def _text_taker(config: Config, texts: MessageSessions) -> TakeText:
    """Return what takes the texts that phones send to a number of the site."""

    def take_text(event: TextMessageReceived) -> None:
        phone, number = event.endpoint, event.message.number
        if phone.state != "offline" and number in config.site.numbers:
            texts.take(phone.resource, number, event.message.body)

    return take_text
