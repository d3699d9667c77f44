"""What supervisors do from the board: with agents, and with callers who wait."""

import logging

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.board.board_messages import AgentAct, CallerAct
from ari_app.desk.board.boards import Boards
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs

log = logging.getLogger(__name__)

BY_SUPERVISOR = "supervisor"
"""The pause reason of an agent whom a supervisor paused."""


class BoardCommands:
    """Only tabs of the board send these messages, and only supervisors have them open."""

    def __init__(
        self, boards: Boards, ports: Ports, states: AgentStates, desks: Tabs, render: Render
    ) -> None:
        self._boards = boards
        self._control = ports.queue_control
        self._data = ports.board
        self._phones = ports.phones
        self._states = states
        self._desks = desks
        self._browser_phones = ports.browser_phones
        self._render = render

    async def agent(self, tab: Tab, message: AgentAct) -> m.Answer:
        """Pause an agent, make them ready, or change the queues that they serve."""
        agent, do = message.agent, message.do
        if agent not in {one.name for one in self._phones.everyone()}:
            return self._answer(tab, message.key, "not-there", ok=False)
        if do == "pause":
            await self._control.pause(agent, BY_SUPERVISOR)
        elif do == "ready":
            await self._control.ready(agent)
        elif message.queue not in self._data.queues():
            return self._answer(tab, message.key, "not-there", ok=False)
        elif not await self._data.put(tab.agent, agent, message.queue, do == "serve"):
            return self._answer(tab, message.key, "admin-queues-later", ok=True)
        log.info("%s: %s for %s %s", tab.agent, do, agent, message.queue)
        name = self._states.full_name(tab.agent)
        for each in self._desks.of(agent) if agent != tab.agent else ():
            queue = self._render.queue(message.queue, each.language) if message.queue else ""
            text = self._render.word(f"board-did-{do}", each.language, supervisor=name, queue=queue)
            each.send(m.Notice(text))
        return m.Answer(message.key, ok=True)

    async def caller(self, tab: Tab, message: CallerAct) -> m.Answer:
        """Move a caller who waits to another queue, or to the supervisor's own phone."""
        one = self._boards.waiting(message.call)
        if one is None or not one.ours:
            return self._answer(tab, message.key, "board-gone", ok=False)
        if message.do == "move":
            if message.queue not in self._states.queues() or message.queue == one.queue:
                return self._answer(tab, message.key, "not-there", ok=False)
            await self._data.move(one.queue, one.channel, f"queue-{message.queue}")
            word = "board-moved"
        else:
            extensions = {each.name: each.extension for each in self._phones.everyone()}
            if tab.agent not in extensions:
                return self._answer(tab, message.key, "no-phone", ok=False)
            if self._browser_phones.of(tab.agent) is not None and not self._desks.of(tab.agent):
                return self._answer(tab, message.key, "phone-page-closed", ok=False)
            await self._data.move(one.queue, one.channel, extensions[tab.agent])
            word = "board-taken"
        log.info("%s: %s caller %s of %s %s", tab.agent, message.do, one.call, one.queue, word)
        return self._answer(tab, message.key, word, ok=True)

    def _answer(self, tab: Tab, key: str, word: str, ok: bool) -> m.Answer:
        return m.Answer(key, ok=ok, text=self._render.word(word, tab.language))
