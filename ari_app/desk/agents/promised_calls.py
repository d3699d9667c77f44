"""Calls that are to be made: who promised them, and whom to remind when one is due; tasks, too."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.agents.due_tasks import DueTasks
from ari_app.desk.cards.caller_profile import Callback
from ari_app.desk.ports import DeskUnavailable, NotesAndTickets
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs

log = logging.getLogger(__name__)

AWAY = frozenset({"no-queue", "paused", "unreachable"})
"""States in which an agent makes no calls."""

READ_EVERY = timedelta(minutes=1)
"""How often the calls are read from the store, where callers and commands add some."""


class PromisedCalls:
    """The open callbacks. Each agent's tabs show those that are due: the agent's own, and those of
    colleagues who are away; tasks of those who are away are shown to supervisors. ``changed`` is
    set when the number of calls that are due changes."""

    def __init__(
        self,
        tickets: NotesAndTickets,
        tasks: DueTasks,
        tabs: Tabs,
        states: AgentStates,
        render: Render,
        now: Callable[[], datetime],
        changed: asyncio.Event,
    ) -> None:
        self._tickets = tickets
        self._tasks = tasks
        self._tabs = tabs
        self._states = states
        self._render = render
        self._now = now
        self._changed = changed
        self._open: Sequence[Callback] = ()
        self._read: datetime | None = None
        self._wake = asyncio.Event()
        self._shown: dict[Tab, str] = {}
        self.count = 0
        """How many calls are due, of anyone."""

    def reread(self) -> None:
        """Read the calls again soon: one was promised, taken or made."""
        self._read = None
        self._wake.set()

    def away(self, agent: str) -> bool:
        """Whether an agent has no page open, or makes no calls now."""
        return agent not in self._tabs.agents() or self._states.of(agent).name in AWAY

    def due(self, agent: str) -> Sequence[Callback]:
        """The calls of which an agent is reminded now, the soonest first."""
        now = self._now()
        return [
            one
            for one in self._open
            if one.agent
            and (one.due or one.at) <= now
            and (one.agent == agent or self.away(one.agent))
        ]

    def shown(self, tab: Tab) -> str:
        """The calls that are due, as a tab shows them."""
        self._shown[tab] = html = self._html(tab)
        return html

    async def run(self, interval: float) -> None:
        """Remind every ``interval`` seconds, and when asked to. Never returns."""
        while True:
            await self._refresh()
            self._publish()
            with suppress(TimeoutError):
                async with asyncio.timeout(interval):
                    await self._wake.wait()
            self._wake.clear()

    async def _refresh(self) -> None:
        now = self._now()
        if self._read is None or now - self._read >= READ_EVERY:
            self._read = now
            try:
                self._open = await self._tickets.open_callbacks()
                await self._tasks.read()
            except DeskUnavailable as error:
                log.warning("promised calls and tasks not read, retry soon: %s", error)
        count = sum((one.due or one.at) <= now for one in self._open)
        if count != self.count:
            self.count = count
            self._changed.set()

    def _publish(self) -> None:
        """Send each tab what is due, if that has changed."""
        tabs = self._tabs.all()
        self._shown = {tab: html for tab, html in self._shown.items() if tab in tabs}
        for tab in tabs:
            html = self._html(tab)
            if self._shown.get(tab) != html:
                self._shown[tab] = html
                tab.send(m.Due(html))

    def _html(self, tab: Tab) -> str:
        due = self.due(tab.agent)
        names = {one.agent: self._states.full_name(one.agent) for one in due}
        tasks = self._tasks.of(tab.agent, lambda owner: tab.supervisor and self.away(owner))
        return self._render.page(
            "due_calls", tab.language, calls=due, tasks=tasks, agent=tab.agent, names=names
        )
