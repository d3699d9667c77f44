"""Supervisors join the calls of agents: monitor, whisper, barge."""

import logging
import secrets
from collections.abc import Collection

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.cards.card_publisher import CardPublisher
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import DeskUnavailable, How, Ports
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs
from ivr.acd.board import Board
from ivr.acd.dials import HungUp
from ivr.acd.queues import Event

log = logging.getLogger(__name__)


class Supervision:
    """Joins a supervisor to an agent's call; the agent is notified and the view recorded."""

    def __init__(
        self,
        tabs: Tabs,
        cards: OpenCards,
        states: AgentStates,
        ports: Ports,
        publisher: CardPublisher,
        views: ViewLog,
        render: Render,
    ) -> None:
        self._tabs = tabs
        self._cards = cards
        self._states = states
        self._queue_control = ports.queue_control
        self._browser_phones = ports.browser_phones
        self._publisher = publisher
        self._views = views
        self._render = render
        self._joined: dict[str, tuple[str, str, How]] = {}
        """Channel to a supervisor's phone: supervisor, agent, and how."""

    def observe(self, _: Board, event: Event) -> None:
        """A supervisor who hung up is in the call no longer. Never waits."""
        if isinstance(event, HungUp) and event.call in self._joined:
            del self._joined[event.call]
            self._sign()

    def reconnected(self, alive: Collection[str]) -> None:
        """Asterisk is connected again: who has no channel (``alive``) left meanwhile."""
        self._joined = {key: one for key, one in self._joined.items() if key in alive}
        self._sign()

    def _sign(self) -> None:
        """What agents see of it, and the card that supervisors read, as long as it lasts."""
        watched: dict[str, tuple[tuple[str, str], ...]] = {}
        for supervisor, agent, how in self._joined.values():
            name = self._states.full_name(supervisor)
            watched[agent] = (*watched.get(agent, ()), (name, how))
        self._states.watched = watched
        for card in self._cards.all():
            here = {one for one, agent, _ in self._joined.values() if agent == card.record.agent}
            self._publisher.watched(card, frozenset(here) if card.speaks else card.watchers & here)

    async def _leave(self, tab: Tab, message: m.Supervise) -> m.Answer:
        both = (tab.agent, message.agent)
        found = [channel for channel, one in self._joined.items() if one[:2] == both]
        for channel in found:
            await self._queue_control.hang_up(channel)
        log.info("%s leaves the call of %s", *both)
        word = "supervise-left" if found else "supervise-not-in"
        return self._answer(tab, message, word, ok=bool(found))

    async def join(self, tab: Tab, message: m.Supervise) -> m.Answer:
        """Ring the supervisor's phone, which joins the agent's call when answered."""
        supervisor, agent, how = tab.agent, message.agent, message.how
        if not tab.supervisor:
            return self._answer(tab, message, "http-403", ok=False)
        if how == "stop":
            return await self._leave(tab, message)
        if agent not in {one.name for one, _ in self._states.talks()} - {supervisor}:
            return self._answer(tab, message, "supervise-no-call", ok=False)
        by_itself = self._browser_phones.of(supervisor) is not None
        if by_itself and not self._tabs.of(supervisor):
            return self._answer(tab, message, "phone-page-closed", ok=False)
        channel = f"firstline-mentor-{secrets.token_hex(6)}"
        self._joined[channel] = (supervisor, agent, how)
        try:
            await self._queue_control.supervise(supervisor, agent, how, channel)
        except DeskUnavailable:
            self._joined.pop(channel, None)
            raise
        self._sign()
        name = self._states.full_name(supervisor)
        for each in self._tabs.of(agent):
            notice = self._render.word(f"supervise-{how}", each.language, supervisor=name)
            each.send(m.Notice(notice))
        log.info("%s supervises %s: %s", supervisor, agent, how)
        talking = [one.record for one in self._cards.of(agent) if one.phase == "talking"]
        subscriber = talking[0].arrival.subscriber if talking else None
        await self._views.record(supervisor, subscriber, f"{how} {agent}")
        return self._answer(
            tab, message, "supervise-joins" if by_itself else "supervise-rings", ok=True
        )

    def _answer(self, tab: Tab, message: m.Supervise, word: str, ok: bool) -> m.Answer:
        return m.Answer(message.key, ok=ok, text=self._render.word(word, tab.language))
