"""Builds the agents' desk, and the watch on the queues that it shows."""

from functools import partial

from msgspec import Struct

from ari_app.ami import client as ami
from ari_app.ami.client import Headers
from ari_app.ami.mix_monitors import MixMonitors
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.ari.dialling import dial
from ari_app.ari.supervisor import supervise
from ari_app.background import Background
from ari_app.callbacks.dialler import Dialler
from ari_app.main.build_callbacks import build_dialler
from ari_app.main.build_calls import CallHandling
from ari_app.main.build_selfcare import SelfService
from ari_app.main.build_statistics import build_statistics
from ari_app.main.desk_controls import menu_control, phone_control, promised_wait
from ari_app.main.foundation import clock
from ari_app.main.score_cards import score_cards
from ari_app.main.shared import Shared
from ari_app.main.sip_guard import SipGuard, guarding
from ari_app.monitoring.queue_meter import QueueMeter
from ari_app.statistics.recording import QueueRecord
from ari_app.workplace.agent_phones import AgentPhones
from ari_app.workplace.build import Workplace
from ari_app.workplace.services import DeskServices
from ivr.model import Book
from prompts.catalogue import Catalogue


class AgentDesk(Struct, frozen=True):
    """The agents' desk, the queues as AMI reports them, whose phones there are, and what shuts out
    who guesses."""

    workplace: Workplace
    queues: QueueMonitor
    phones: AgentPhones
    guard: SipGuard
    record: QueueRecord
    """What became of callers in queues, and what agents did."""
    dialler: Dialler | None
    """What calls back by itself."""


async def build_desk(
    shared: Shared, selfcare: SelfService, callers: CallHandling, background: Background
) -> AgentDesk:
    """Build the desk, with the cards that were open when the application stopped."""

    def menus() -> tuple[Catalogue, Book]:
        release = shared.menus.now
        return release.reading.catalogue, release.menus.book

    def take(headers: Headers) -> None:
        guard.take(headers)
        monitors.take(headers)

    phones, monitors = AgentPhones(), MixMonitors()
    guard = guarding(shared.config, shared.foundation.state, clock)
    queues = QueueMonitor(
        _ami_settings(shared),
        clock,
        phones=phones.is_agent,
        observed=QueueMeter(shared.foundation.metrics, clock).take,
        raw=take,
    )
    record = build_statistics(shared, queues, phones, callers.live_calls)
    await record.restore()
    dialler = build_dialler(shared, callers, queues, background.begin)
    workplace = await Workplace.start(
        DeskServices(
            store=shared.store,
            billing=shared.billing,
            announcements=shared.announcements,
            live_calls=callers.live_calls,
            words=selfcare.code_words,
            selfcare=selfcare.operations,
            supervise=partial(supervise, shared.link.ari),
            dial=partial(dial, shared.link.ari, next(iter(shared.config.site.numbers), "")),
            phones=phones,
            queues=queues,
            monitors=monitors,
            conversations=shared.recordings.conversations,
            knowledge=selfcare.knowledge,
            score_cards=score_cards(shared.config, shared.foundation.state),
            menus=menus,
            forced=shared.forced_hours,
            now=clock,
            config=shared.config,
            wrapups=shared.foundation.settings.wrapups,
            begin=background.begin,
            card_posted=shared.cards.wake if shared.cards else None,
            refreshed=callers.actions.refresh,
            menu_control=menu_control(shared, background),
            hashed=shared.hasher.password,
            asterisk_phones=phone_control(shared, background),
            popped=record.stays.popped,
            transferred=record.stays.transferred,
            if_leading=shared.worker.if_leading,
            leads=lambda: shared.worker.leads,
            claimed=(dialler.by_hand,) if dialler else (),
            mail=shared.messaging.mail,
            in_time=partial(promised_wait, shared.foundation.settings),
        )
    )
    return AgentDesk(workplace, queues, phones, guard, record, dialler)


def _ami_settings(shared: Shared) -> ami.Settings:
    password = shared.foundation.state.keys().ami
    return ami.Settings(
        shared.config.ports.ami, "firstline", password, events="agent,call,security"
    )
