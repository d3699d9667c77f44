"""Supervisors join the calls of agents: monitor, whisper, barge."""

import logging

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import QueueControl
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs

log = logging.getLogger(__name__)


class Supervision:
    """Joins a supervisor to an agent's call; the agent is notified and the view recorded."""

    def __init__(
        self,
        tabs: Tabs,
        cards: OpenCards,
        states: AgentStates,
        queue_control: QueueControl,
        views: ViewLog,
        render: Render,
    ) -> None:
        self._tabs = tabs
        self._cards = cards
        self._states = states
        self._queue_control = queue_control
        self._views = views
        self._render = render

    async def join(self, tab: Tab, message: m.Supervise) -> m.Answer:
        """Ring the supervisor's phone, which joins the agent's call when answered."""
        supervisor, agent, how = tab.agent, message.agent, message.how
        if not tab.supervisor:
            return self._answer(tab, message, "http-403", ok=False)
        if agent not in {one.name for one, _ in self._states.talks()} - {supervisor}:
            return self._answer(tab, message, "supervise-no-call", ok=False)
        await self._queue_control.supervise(supervisor, agent, how)
        name = self._states.full_name(supervisor)
        for each in self._tabs.of(agent):
            notice = self._render.word(f"supervise-{how}", each.language, supervisor=name)
            each.send(m.Notice(notice))
        log.info("%s supervises %s: %s", supervisor, agent, how)
        talking = [one.record for one in self._cards.of(agent) if one.phase == "talking"]
        subscriber = talking[0].arrival.subscriber if talking else None
        await self._views.record(supervisor, subscriber, f"{how} {agent}")
        return self._answer(tab, message, "supervise-rings", ok=True)

    def _answer(self, tab: Tab, message: m.Supervise, word: str, ok: bool) -> m.Answer:
        return m.Answer(message.key, ok=ok, text=self._render.word(word, tab.language))
