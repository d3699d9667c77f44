"""What the desk is built from, and its ports and site made of that."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import asdict

from ari_app.ami.mix_monitors import MixMonitors
from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor
from ari_app.calls.conversation_files import ConversationFiles
from ari_app.config.settings import Config
from ari_app.desk.board.board_port import BoardLimits
from ari_app.desk.cards.card import Begin
from ari_app.desk.ports import Ports
from ari_app.desk.site import DeskSite, ScreenPop
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.knowledge.index import Library
from ari_app.quality.files import CardFiles
from ari_app.selfcare.billing import Billing
from ari_app.selfcare.operations import Selfcare
from ari_app.store.db import Store
from ari_app.store.forced_hours import ForcedHours
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.queue_report import Rules
from ari_app.workplace.administration import MenuControl, StoredAdministration
from ari_app.workplace.agent_administration import Phones
from ari_app.workplace.agent_phones import AgentPhones
from ari_app.workplace.board import StoredBoard
from ari_app.workplace.browser_phones import BrowserPhones
from ari_app.workplace.caller_profile import StoredProfiles
from ari_app.workplace.cards import StoredCards
from ari_app.workplace.conversations import StoredConversations
from ari_app.workplace.knowledge import KnowledgeBase
from ari_app.workplace.live_calls import LiveCalls
from ari_app.workplace.notes_and_tickets import Claimed, StoredNotesAndTickets
from ari_app.workplace.operations import AgentOperations, RecordedIn
from ari_app.workplace.plans import StoredPlanning
from ari_app.workplace.quality import StoredQuality
from ari_app.workplace.queue_control import Dial, QueueControl, Supervise
from ari_app.workplace.queue_hours import QueueHours
from ari_app.workplace.queue_labels import queue_labels
from ari_app.workplace.reports import StoredReports
from ari_app.workplace.tasks import StoredTasks
from ivr.acd.board import Board
from ivr.acd.figures import SECOND
from ivr.acd.queues import Event
from ivr.model import Book
from ivr.secret import Secret
from prompts.catalogue import Catalogue

Observe: TypeAlias = Callable[[Board, Event], None]


class DeskServices(Struct, frozen=True):
    """What the desk is built from. ``wrapups`` are the queues' wrap-up times, in seconds;
    ``refreshed`` makes what the desk changed in the store count in calls; ``in_time``: the wait in
    seconds in which a queue is to be answered."""

    store: Store
    billing: Billing
    announcements: LiveAnnouncements
    live_calls: LiveCalls
    words: StoredCodeWords
    selfcare: Selfcare
    supervise: Supervise
    dial: Dial
    phones: AgentPhones
    queues: QueueMonitor
    monitors: MixMonitors
    conversations: ConversationFiles
    knowledge: Library
    score_cards: CardFiles
    menus: Callable[[], tuple[Catalogue, Book]]
    forced: ForcedHours
    now: Callable[[], datetime]
    config: Config
    wrapups: Mapping[str, int]
    begin: Begin
    refreshed: Callable[[], Awaitable[None]]
    menu_control: MenuControl
    hashed: Callable[[Secret], Awaitable[str]]
    asterisk_phones: Phones
    in_time: Callable[[str], int]
    popped: Callable[[str, str], None] = lambda *_: None
    """Called when the card of a caller's channel opened at the desk of an agent."""
    transferred: Callable[[str, str, str], None] = lambda *_: None
    """Called when the caller of a channel was transferred by an agent to a queue or a number."""
    mail: Callable[[str], None] = lambda _: None
    """Sends a mail with the text of an alarm to those whom the settings name."""
    if_leading: Callable[[Observe], Observe] = lambda observe: observe
    """Makes of what observes queues one that does so only where this worker has the desk."""
    leads: Callable[[], bool] = lambda: True
    """Whether this worker has the desk now."""
    claimed: tuple[Claimed, ...] = ()
    """What keeps stand-ins from dialling who is called by hand; () where there are none."""
    card_posted: Callable[[], None] | None = None
    """Called when an event of a card waits to be sent to another system; None: none is sent."""


def desk_site(services: DeskServices) -> DeskSite:
    """The settings of the site that the desk shows values by."""
    config = services.config
    return DeskSite(
        zone=config.site.timezone,
        wrapups=services.wrapups,
        numbers=config.numbers,
        tickets=config.tickets,
        languages=tuple(config.site.languages),
        currency=config.operator.currency,
        billing=config.billing.kind != "none",
        queues=queue_labels(config),
        screen_pops={
            name: ScreenPop(one.url, one.opens) for name, one in config.screen_pop.items()
        },
        acts_after_call=config.desk.acts_after_call,
        missed_calls=config.desk.missed_calls,
        away_after=config.desk.away_after,
        listen=config.conversations.listen,
        board=BoardLimits(**asdict(config.board)),
        knowledge=services.knowledge.directory.is_dir,
        is_open=QueueHours(
            config, lambda: services.menus()[1].schedules, services.forced, services.now
        ),
        prefers_agents=config.waiting.preferred_agent > 0,
        leads=services.leads,
    )


def desk_ports(
    services: DeskServices, browser_phones: BrowserPhones, administration: StoredAdministration
) -> Ports:
    """The adapters behind the desk's ports."""
    actions = QueueActions(services.queues.ask)
    store, now, phones, config = services.store, services.now, services.phones, services.config
    recorded_in = RecordedIn(config.site.languages[0], config.operator.currency)
    profiles = StoredProfiles(
        store,
        services.billing,
        services.announcements,
        services.live_calls,
        services.menus,
        now,
        config.site.timezone,
    )
    recorded = StoredConversations(
        store, services.conversations, services.monitors, actions.mute_recording
    )
    rules = Rules(config.site.timezone, lambda queue: services.in_time(queue) * SECOND)
    return Ports(
        cards=StoredCards(store, services.card_posted, services.popped),
        profiles=profiles,
        queue_control=QueueControl(
            actions,
            phones.of,
            services.words,
            services.supervise,
            services.dial,
            now,
        ),
        operations=AgentOperations(
            store,
            services.selfcare,
            services.billing,
            recorded_in,
            now,
            lambda: services.menus()[1].operations,
        ),
        notes_and_tickets=StoredNotesAndTickets(store, config.tickets, now, *services.claimed),
        phones=phones,
        browser_phones=browser_phones,
        knowledge=KnowledgeBase(services.knowledge),
        tasks=StoredTasks(store, now),
        conversations=recorded,
        board=StoredBoard(
            store,
            actions,
            administration,
            services.asterisk_phones.members,
            services.in_time,
            now,
            config.site.timezone,
            services.mail,
        ),
        reports=StoredReports(store, profiles, recorded, rules, now),
        planning=StoredPlanning(store, config, now),
        quality=StoredQuality(
            store, services.score_cards, config.quality, config.site.timezone, now
        ),
        transferred=services.transferred,
    )
