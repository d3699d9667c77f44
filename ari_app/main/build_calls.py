"""Builds what serves callers: voice calls, USSD sessions of gateways, and texts of phones."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from ari_app.ari.calls import Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.ears import Ears
from ari_app.ari.events import Channel, PeerStatusChange, TextMessageReceived
from ari_app.ari.inherited import Accept, AcceptedCall
from ari_app.ari.line import ChannelLine
from ari_app.ari.link import PhoneEvent, TakePhoneEvent
from ari_app.background import Background
from ari_app.calls.actions import Actions
from ari_app.calls.inbound import Arrival, InboundCalls, new_id
from ari_app.main.build_placing import build_placing
from ari_app.main.build_selfcare import SelfService
from ari_app.main.build_speech import build_ears
from ari_app.main.build_surveys import survey_texts
from ari_app.main.foundation import clock
from ari_app.main.left_calls import LeftCalls, OtherWorkers
from ari_app.main.session_services import PerRelease, SessionServices, remembering
from ari_app.main.shared import Shared, checkpoint_on, left_calls
from ari_app.main.worker import Membership
from ari_app.outbound.answered import WAY, AnsweredCalls, called_out
from ari_app.session.media import Sounds
from ari_app.store import subscribers
from ari_app.store.db import Store, StoreError
from ari_app.ussd.left import OF_TEXTS, LeftSession
from ari_app.ussd.message_sessions import MessagePort, MessageSessions
from ari_app.ussd.sessions import Callers, Sessions, TextServices
from ari_app.ussd.shared_sessions import SharedSessions
from ari_app.waiting.placing import Placing
from ari_app.workplace.live_calls import LiveCalls

log = logging.getLogger(__name__)

TEXTS = "ussd"
"""What text sessions are recorded to come over."""

GATEWAY = "the USSD gateway"
"""The way in of its sessions."""


class CallHandling(Struct, frozen=True):
    """What serves callers on every line."""

    calls: Calls
    left: LeftCalls
    """The calls that others left, which go on here."""
    inbound: InboundCalls
    ussd: Sessions
    texts: MessageSessions
    phone_event: TakePhoneEvent | None
    """Takes the texts and registrations of phones; None if the settings need neither."""
    live_calls: LiveCalls
    """The calls in progress, as the agents' desk needs them."""
    actions: Actions
    placing: Placing
    """Says where callers come into queues."""
    on_pages: Callable[[], TextServices]
    """What goes through the menus on pages."""
    ears: Ears | None
    """What hears callers who answer by voice; None if the site does not listen."""

    async def release(self) -> None:
        """End all sessions; voice callers go back to the dialplan, which queues them."""
        await self.calls.release()
        await self.release_texts()

    async def take_up_texts(self, store: Store, worker: Membership) -> None:
        """Go on with the sessions in text that the application before left, or a worker that
        died."""
        found = await left_calls(store, (TEXTS,), worker)
        self.ussd.take_up(
            {one.channel.removeprefix(OF_TEXTS): LeftSession(one.kept, one.path) for one in found}
        )

    async def leave_texts(self) -> None:
        """Leave the sessions of gateways to the application that comes next; end the others."""
        await self.texts.release()
        await self.ussd.leave()

    async def release_texts(self) -> None:
        """End all sessions in text."""
        await self.ussd.release()
        await self.texts.release()


class Admission(Struct, frozen=True):
    """What lets callers in, on every line."""

    inbound: InboundCalls
    live_calls: LiveCalls
    actions: Actions
    services: SessionServices
    placing: Placing


def build_admission(
    shared: Shared,
    selfcare: SelfService,
    tasks: asyncio.TaskGroup,
    background: Background,
    line: str = "ari",
) -> Admission:
    """Build what lets callers in; ``line`` is what voice calls are recorded to come over."""
    config, directory, settings = shared.config, shared.directory, shared.foundation.settings
    of_others = partial(checkpoint_on, shared) if shared.worker.shares else None
    live_calls = LiveCalls(directory.caller, config.numbers, settings.forgeable, of_others)
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
    placing = build_placing(shared, live_calls)
    services = SessionServices(
        shared.recorder.put,
        shared.recorder.settle,
        shared.feed,
        actions,
        remembering(directory, tasks),
        live_calls,
        shared.foundation.metrics,
        line,
        placing,
    )
    serving = PerRelease(shared.menus, services.serving)
    inbound = InboundCalls(
        directory.caller,
        config.numbers,
        serving,
        settings.forgeable,
        live_calls,
        shared.recorder,
    )
    return Admission(inbound, live_calls, actions, services, placing)


def build_calls(
    shared: Shared, selfcare: SelfService, tasks: asyncio.TaskGroup, background: Background
) -> CallHandling:
    """Build what serves callers; every call is a task of ``tasks``."""
    admission = build_admission(shared, selfcare, tasks, background)
    config, inbound = shared.config, admission.inbound
    written = PerRelease(shared.menus, admission.services.written)
    timeouts = Timeouts(dead_man=config.worker.dead_man(config.site.dead_man))
    ears = build_ears(shared, background)
    left = LeftCalls(shared, inbound, timeouts, ears)
    calls = Calls(shared.link.ari, tasks, _accepting(shared, inbound, timeouts, ears), left)
    callers = Callers(inbound.enter, config.numbers.caller, _language_of(shared))
    of_gateway = replace(callers, enter=partial(inbound.enter, way=GATEWAY))
    ussd = Sessions(written, of_gateway, background.begin)
    if shared.worker.shares:
        ussd = SharedSessions(written, of_gateway, background.begin, OtherWorkers(shared))
    post = MessagePort(_number_of_phone(shared), shared.messaging.phones.reply)
    texts = MessageSessions(
        written,
        callers,
        post,
        background.begin,
        config.ussd.menu,
        shared.messaging.campaigns,
        survey_texts(shared),
    )
    phone_event = _phone_events(shared, texts, background)
    live_calls, actions = admission.live_calls, admission.actions
    placing = admission.placing
    on_pages = PerRelease(shared.menus, admission.services.on_pages)
    return CallHandling(
        *(calls, left, inbound, ussd, texts, phone_event, live_calls, actions, placing, on_pages),
        ears,
    )


def _accepting(
    shared: Shared, inbound: InboundCalls, timeouts: Timeouts, ears: Ears | None
) -> Accept:
    """Return what accepts the call of a channel."""

    answered = AnsweredCalls(
        shared.store,
        clock,
        shared.config.site.languages,
        lambda: shared.menus.now.menus.book.outbound,
    )

    def accept(channel: Channel, dialled: str) -> AcceptedCall:
        def new_line(sounds: Sounds) -> ChannelLine:
            keep = shared.recordings.keep
            return ChannelLine(shared.link, channel.id, sounds, keep, timeouts, ears)

        if called := called_out(dialled):
            arrival, id = Arrival(WAY, called.attempt.number, called.dialled), new_id()
            line, session = inbound.accept(arrival, new_line, id)
            return AcceptedCall(line, partial(answered.serve, called, id, line, session))
        arrival = Arrival(channel.endpoint, channel.caller.number, dialled)
        return AcceptedCall(*inbound.accept(arrival, new_line))

    return accept


def _number_of_phone(shared: Shared) -> Callable[[str], Awaitable[str | None]]:
    """Return what looks up the number of the subscriber whose phone an endpoint is."""

    async def number(phone: str) -> str | None:
        return await shared.store.look_up(subscribers.number_of_phone, phone)

    return number


def _language_of(shared: Shared) -> Callable[[str], Awaitable[str]]:
    """Return what looks up the language of the subscriber with a number; "" if unknown."""

    async def language(number: str) -> str:
        known = await shared.directory.caller(number)
        return known.language if known is not None else ""

    return language


def _phone_events(
    shared: Shared, texts: MessageSessions, background: Background
) -> TakePhoneEvent | None:
    """Return what takes the texts of phones to a number of the site, and their registrations."""
    config, messaging, number_of = shared.config, shared.messaging, _number_of_phone(shared)

    async def registered(phone: str) -> None:
        try:
            if (number := await number_of(phone)) is not None:
                await messaging.outbox.retry(number)
        except StoreError as error:
            log.warning("texts that wait for a phone go out later: %s", error)

    def phone_event(event: PhoneEvent) -> None:
        phone = event.endpoint
        match event:
            case TextMessageReceived(message=message):
                known = message.number in shared.config.site.numbers and shared.worker.leads
                if config.ussd.texts and known and phone.state != "offline":
                    texts.take(phone.resource, message.number, message.body)
            case PeerStatusChange(registered=True) if messaging.to_phones:
                background.begin(registered(phone.resource))

    return phone_event if config.ussd.texts or messaging.to_phones else None
