"""The panels of every tab beside the cards: the queues, and the agent's own state."""

import asyncio

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentState, AgentStates
from ari_app.desk.agents.late_tickets import LateTickets
from ari_app.desk.agents.promised_calls import PromisedCalls
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs


class StatusPanels:
    """Renders the panels and sends them when they change; ``changed`` is set for the queues."""

    def __init__(
        self,
        tabs: Tabs,
        states: AgentStates,
        late: LateTickets,
        promised: PromisedCalls,
        render: Render,
        changed: asyncio.Event,
    ) -> None:
        self._tabs = tabs
        self._states = states
        self._late = late
        self._promised = promised
        self._render = render
        self._changed = changed
        self._shown: dict[str, AgentState] = {}
        """Agent: the state that was sent last."""

    def queues(self, tab: Tab) -> str:
        """The HTML of the queues; supervisors also see who talks."""
        states = self._states
        talks = [one for one in states.talks() if one[0].name != tab.agent]
        talks = talks if tab.supervisor else []
        silent = states.silent() if tab.supervisor else ()
        due = (self._late.count, self._promised.count)
        return self._render.queues(states.board, states.current, talks, silent, due, tab.language)

    def state(self, tab: Tab) -> str:
        """The HTML of the agent's state."""
        self._shown[tab.agent] = state = self._states.of(tab.agent)
        return self._render.agent_state(state, tab.language)

    def connection_changed(self) -> None:
        """Notify all agents that the connection to Asterisk was lost or restored."""
        word = "exchange-back" if self._states.current else "exchange-silent"
        for tab in self._tabs.all():
            tab.send(m.Notice(self._render.word(word, tab.language)))

    async def publish_queues(self, pause: float) -> None:
        """Send the queues when they changed, at most every ``pause`` seconds. Never returns."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            made: dict[tuple[str, str], m.Queues] = {}
            for tab in self._tabs.all():
                kind = (tab.language, tab.agent if tab.supervisor else "")
                if kind not in made:
                    made[kind] = m.Queues(self.queues(tab))
                tab.send(made[kind])
            await asyncio.sleep(pause)

    def publish_states(self) -> None:
        """Send agents their state if it changed. Wrap-up ends without an event: call this often."""
        for agent in self._tabs.agents():
            state = self._states.of(agent)
            if self._shown.get(agent) != state:
                self._shown[agent] = state
                for tab in self._tabs.of(agent):
                    tab.send(m.Stated(self._render.agent_state(state, tab.language)))
