"""Takes agents off the queues who do not answer, or have left the desk; brings back who returns."""

import asyncio
import logging
from collections import Counter

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import NOT_ANSWERING, AgentStates
from ari_app.desk.cards.card import Begin
from ari_app.desk.ports import AgentPhones, DeskUnavailable, QueueControl
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tabs
from ivr.acd.board import Board
from ivr.acd.figures import SIGNED_OUT
from ivr.acd.queues import Connected, Event, Unanswered

log = logging.getLogger(__name__)

CLOSING = 5.0
"""Seconds in which the tabs of an agent who signed out close."""


class Presence:
    """``site.missed_calls`` and ``site.away_after`` of ``render`` say when; 0 is never."""

    def __init__(
        self,
        states: AgentStates,
        phones: AgentPhones,
        control: QueueControl,
        tabs: Tabs,
        render: Render,
        begin: Begin,
    ) -> None:
        self._states = states
        self._phones = phones
        self._control = control
        self._tabs = tabs
        self._render = render
        self._begin = begin
        self._missed: Counter[str] = Counter()
        """Agent: the rings in a row that were not answered."""
        self._signed_out: set[str] = set()
        """Agents who signed out, while their tabs close."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        """Agent without a tab: when they count as away."""

    def observe(self, _: Board, event: Event) -> None:
        """Count rings that were not answered. Never waits."""
        if not isinstance(event, Connected | Unanswered):
            return
        agent = self._phones.agent(event.interface)
        if agent is None:
            return
        if isinstance(event, Connected):
            del self._missed[agent]
            return
        self._missed[agent] += 1
        most = self._render.site.missed_calls
        if most and self._missed[agent] >= most and not self._states.of(agent).paused:
            del self._missed[agent]
            self._begin(self._take_off(agent, NOT_ANSWERING))
            self._notify(agent, most)

    def opened(self, agent: str) -> None:
        """An agent opened the desk in a tab."""
        self._signed_out.discard(agent)
        self._stop(agent)
        if self._states.of(agent).reason == SIGNED_OUT:
            self._begin(self._bring_back(agent))

    def closed(self, agent: str) -> None:
        """A tab closed; after the last one the agent has some time to come back."""
        after = 0 if agent in self._signed_out else self._render.site.away_after
        if agent not in self._tabs.agents() and (after or agent in self._signed_out):
            self._stop(agent)
            loop = asyncio.get_running_loop()
            self._timers[agent] = loop.call_later(after, self._left, agent)

    def signed_out(self, agent: str) -> None:
        """An agent signed out; another browser may still be signed in."""
        self._signed_out.add(agent)
        asyncio.get_running_loop().call_later(CLOSING, self._signed_out.discard, agent)
        self.closed(agent)

    def forget(self) -> None:
        """Another worker has the desk from now on, and its agents open it there."""
        for agent in tuple(self._timers):
            self._stop(agent)
        self._missed.clear()

    def _stop(self, agent: str) -> None:
        timer = self._timers.pop(agent, None)
        if timer is not None:
            timer.cancel()

    def _left(self, agent: str) -> None:
        self._signed_out.discard(agent)
        self._timers.pop(agent, None)
        state, here = self._states.of(agent), self._render.site.leads()
        if here and agent not in self._tabs.agents() and state.queues and not state.paused:
            self._begin(self._take_off(agent, SIGNED_OUT))

    async def _take_off(self, agent: str, why: str) -> None:
        try:
            await self._control.pause(agent, why)
        except DeskUnavailable as error:
            log.warning("%s is not taken off the queues (%s): %s", agent, why, error)
        else:
            log.info("%s is taken off the queues: %s", agent, why)
            if why == SIGNED_OUT and agent in self._tabs.agents():  # opened meanwhile
                await self._bring_back(agent)

    async def _bring_back(self, agent: str) -> None:
        try:
            await self._control.ready(agent)
        except DeskUnavailable as error:
            log.warning("%s is not brought back to the queues: %s", agent, error)

    def _notify(self, agent: str, count: int) -> None:
        """Notify the agent, and all supervisors."""
        name = self._states.full_name(agent)
        for tab in self._tabs.all():
            if tab.agent == agent:
                text = self._render.word("you-do-not-answer", tab.language, count=count)
            elif tab.supervisor:
                text = self._render.word("agent-does-not-answer", tab.language, agent=name)
            else:
                continue
            tab.send(m.Notice(text))
