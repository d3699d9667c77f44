"""The desk: builds its parts, in order, each with exactly what it needs."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.agents.due_tasks import DueTasks
from ari_app.desk.agents.late_tickets import LateTickets
from ari_app.desk.agents.presence import Presence
from ari_app.desk.agents.promised_calls import PromisedCalls
from ari_app.desk.agents.status_panels import StatusPanels
from ari_app.desk.agents.targets import TargetLists, targets
from ari_app.desk.board.board_commands import BoardCommands
from ari_app.desk.board.boards import Boards
from ari_app.desk.cards.authority import Authority
from ari_app.desk.cards.card import Begin
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.card_publisher import CardPublisher
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.cards.passing import Passing
from ari_app.desk.cards.recording import CardRecordings
from ari_app.desk.commands.agent_commands import AgentCommands, Handlers
from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.commands.callback_commands import CallbackCommands
from ari_app.desk.commands.card_commands import CardCommands
from ari_app.desk.commands.record_commands import RecordCommands
from ari_app.desk.commands.recording_commands import RecordingCommands
from ari_app.desk.commands.search_commands import SearchCommands
from ari_app.desk.commands.supervision import Supervision
from ari_app.desk.commands.task_commands import TaskCommands
from ari_app.desk.commands.ticket_commands import TicketCommands
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.forms.code_word_forms import CodeWordForms
from ari_app.desk.forms.forms import Forms
from ari_app.desk.forms.knowledge_forms import KnowledgeForms
from ari_app.desk.forms.offered import for_agents
from ari_app.desk.forms.operation_forms import OperationForms
from ari_app.desk.forms.record_forms import RecordForms
from ari_app.desk.forms.recording_forms import RecordingForms
from ari_app.desk.forms.task_forms import TaskForms
from ari_app.desk.forms.transfer_forms import TransferForms
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.site import DeskSite
from ari_app.desk.web.message_codec import decode_board
from ari_app.desk.web.recording_player import RecordingPlayer
from ari_app.desk.web.snapshot import Snapshot
from ari_app.desk.web.tabs import Tabs
from ari_app.desk.web.websocket import TabConnections
from ivr.acd.channels import Consultation
from ivr.acd.queues import Board


class Desk:
    """The state (open cards, agent states), what publishes it to the tabs, and the commands.

    ``site`` has the settings that values are shown by; ``now`` is the clock; ``begin`` runs a
    coroutine in the background.
    """

    def __init__(
        self,
        ports: Ports,
        site: DeskSite,
        now: Callable[[], datetime],
        begin: Begin,
    ) -> None:
        control, tickets, views = (
            ports.queue_control,
            ports.notes_and_tickets,
            ViewLog(ports.profiles),
        )
        self._queues_changed = changed = asyncio.Event()
        self.tabs = tabs = Tabs()
        self.render = render = Render(site, lambda: for_agents(ports.operations.catalogue), now)

        self.states = states = AgentStates(ports.phones, site.wrapups, now)
        render.person, render.people = states.full_name, ports.phones.everyone
        self.late_tickets = late = LateTickets(tickets, changed)
        self.promised = promised = PromisedCalls(
            tickets, DueTasks(ports.tasks, now), tabs, states, render, now, changed
        )
        self.panels = panels = StatusPanels(tabs, states, late, promised, render, changed)

        details = CardDetails(tabs, ports.profiles, ports.cards, views, render, begin)
        self.recordings = recordings = CardRecordings(ports.conversations, details, begin)
        publisher = CardPublisher(tabs, details, recordings, render)
        self.cards = cards = OpenCards(
            ports.cards, ports.profiles, ports.phones, publisher, now, begin
        )

        self.passing = passing = Passing(ports, states, cards, details, publisher, now, begin)
        reachable = partial(targets, states, ports.phones, tabs.agents, site.is_open)
        self.targets = lists = TargetLists(reachable, tabs, render)
        authority = Authority(site.acts_after_call, now)
        self.browsing = browsing = Browsing(tabs, cards, states, views, render, now)
        tasks = TaskForms(ports.tasks, ports.phones, cards, details, render, now, promised.reread)
        forms = {
            **OperationForms(ports.operations, details, render, now).handlers,
            **CodeWordForms(control, cards, details, render).handlers,
            **RecordForms(tickets, details, render, now, promised.reread).handlers,
            **TransferForms(passing, lists, reachable, control, render).handlers,
            **RecordingForms(ports.conversations, states, render).handlers,
            **tasks.handlers,
            **KnowledgeForms(ports.knowledge, cards.texts, states.full_name, render, now).handlers,
        }
        self.boards = boards = Boards(ports, states, render, views, now, begin)
        self.supervision = Supervision(tabs, cards, states, ports, publisher, views, render)
        self.commands = AgentCommands(
            Handlers(
                queue_control=control,
                cards=CardCommands(tabs, cards, details, states, control, authority, render),
                forms=Forms(cards, forms, authority, render),
                search=SearchCommands(ports.profiles, tickets, views, browsing, render),
                records=RecordCommands(tabs, cards, details, ports, browsing, views, render),
                callbacks=CallbackCommands(ports, promised, cards, details, states, render, now),
                supervision=self.supervision,
                tasks=TaskCommands(ports, tasks, cards, browsing, render, now),
                tickets=TicketCommands(tickets, late, views, browsing, render),
                recordings=RecordingCommands(ports.conversations, cards, render),
                board=BoardCommands(boards, ports, states, tabs, render),
            ),
            render,
            begin,
        )
        self.ports = ports
        self.player = RecordingPlayer(ports, browsing, site.listen, now)
        self.snapshot = Snapshot(cards, details, panels, promised, ports.browser_phones, render)
        self.presence = presence = Presence(states, ports.phones, control, tabs, render, begin)
        self.connections = TabConnections(tabs, self.snapshot, self.commands, presence)

    def board_connections(self) -> TabConnections:
        """What serves the WebSockets of boards."""
        return TabConnections(self.boards.tabs, self.boards, self.commands, decode=decode_board)

    def recording_changed(self, channels: Collection[str]) -> None:
        """The recording of these callers' channels began, paused, went on or ended."""
        self.recordings.changed(channels, self.cards.all())

    def update(
        self,
        board: Board,
        current: bool,
        asking: Collection[Consultation] = (),
        pending: Collection[str] = (),
    ) -> None:
        """Take a new queue board; without ``current`` (AMI is disconnected) cards stay as they
        are. ``asking``: who was asked about whom when AMI connected; ``pending``: channels of
        callers who are looked up, whose cards open with a later update."""
        connects = current and not self.states.current
        connection_changed = self.states.update(board, current)
        if connects:
            self.passing.resume(asking)
        if current:
            self.cards.update(board, pending)
        if connects:
            self.passing.reconnected(asking)
        if connection_changed:
            self.panels.connection_changed()
        self._queues_changed.set()
        self.boards.changed.set()
