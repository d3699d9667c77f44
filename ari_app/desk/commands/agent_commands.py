"""Dispatches what an agent's browser asks for, and answers the tab that asked."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from ari_app.desk import messages as m
from ari_app.desk.board.board_commands import BoardCommands
from ari_app.desk.board.board_messages import AgentAct, CallerAct, FromBoard
from ari_app.desk.cards.card import Begin
from ari_app.desk.cards.cards import UnknownCard
from ari_app.desk.commands.callback_commands import CallbackCommands
from ari_app.desk.commands.card_commands import CardCommands
from ari_app.desk.commands.record_commands import RecordCommands
from ari_app.desk.commands.recording_commands import RecordingCommands
from ari_app.desk.commands.search_commands import SearchCommands
from ari_app.desk.commands.supervision import Supervision
from ari_app.desk.commands.task_commands import TaskCommands
from ari_app.desk.commands.ticket_commands import TicketCommands
from ari_app.desk.forms.forms import Forms
from ari_app.desk.ports import DeskUnavailable, QueueControl
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab

Command = Callable[[Tab, Any], Awaitable[m.Answer]]
"""Runs a message of a tab, whose type it is found by."""

log = logging.getLogger(__name__)


class Handlers(Struct, frozen=True):
    """The commands, by topic."""

    queue_control: QueueControl
    cards: CardCommands
    forms: Forms
    search: SearchCommands
    records: RecordCommands
    callbacks: CallbackCommands
    supervision: Supervision
    tasks: TaskCommands
    tickets: TicketCommands
    recordings: RecordingCommands
    board: BoardCommands


class AgentCommands:
    """Runs the commands of all tabs."""

    def __init__(self, handlers: Handlers, render: Render, begin: Begin) -> None:
        self._do = handlers
        self._render = render
        self._begin = begin
        self._of: Mapping[type[Struct], Command] = {
            m.Finish: handlers.cards.finish,
            m.Verify: handlers.cards.verify,
            m.Recording: handlers.recordings.pause,
            m.Search: handlers.search.search,
            m.ViewSubscriber: handlers.search.view,
            m.History: handlers.search.earlier,
            m.OpenRecord: handlers.records.open,
            m.Link: handlers.records.link,
            m.Calls: handlers.callbacks.list,
            m.CallBack: handlers.callbacks.act,
            m.Supervise: handlers.supervision.join,
            m.Tasks: handlers.tasks.list,
            m.NewTask: handlers.tasks.add,
            m.Task: handlers.tasks.act,
            m.Tickets: handlers.tickets.list,
            m.Ticket: handlers.tickets.show,
            AgentAct: handlers.board.agent,
            CallerAct: handlers.board.caller,
        }

    async def handle(self, tab: Tab, message: m.FromBrowser | FromBoard) -> None:
        """Run a command; a failure is reported to its tab."""
        match message:
            case m.Save():
                await self._do.cards.save(tab, message)
            case m.State():
                await self._answer(tab, message.key, self._set_state(tab, message))
            case m.Form():
                # In the background: billing may be slow, and typing is saved meanwhile; the form
                # is completed even if the tab closes.
                command = self._do.forms.submit(tab, message)
                self._begin(self._answer(tab, message.key, command))
            case _:
                await self._answer(tab, message.key, self._of[type(message)](tab, message))

    def refuse(self, tab: Tab, key: str) -> None:
        """Answer a message that is not valid, whatever its ``key``."""
        tab.send(m.Answer(key, ok=False, text=self._render.word("not-valid", tab.language)))

    async def _set_state(self, tab: Tab, message: m.State) -> m.Answer:
        if message.ready:
            await self._do.queue_control.ready(tab.agent)
        else:
            await self._do.queue_control.pause(tab.agent, message.reason)
        return m.Answer(message.key, ok=True)

    async def _answer(self, tab: Tab, key: str, command: Awaitable[m.Answer]) -> None:
        answer = m.Answer(key, ok=False, text=self._render.word("broken", tab.language))
        try:
            answer = await command
        except UnknownCard:
            word = self._render.word("not-there", tab.language)
            answer = m.Answer(key, ok=False, text=word)
        except DeskUnavailable as error:
            log.warning("a command of %s failed: %s", tab.agent, error)
            answer = m.Answer(key, ok=False, text=self._render.word(error.word, tab.language))
        finally:
            tab.send(answer)
