"""Limits on what an agent reads without a call: customers' records, searches, tickets.

A record of whom the agent has a card is always open. Others are counted; above the limit each needs
a reason, which is recorded with the view, and above that the agent waits. Supervisors are notified.
"""

import logging
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentStates
from ari_app.desk.cards.card import Card
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

What = Literal["records", "records with a reason", "searches", "tickets"]

RATES: dict[What, Rate] = {
    "records": Rate(burst=20, each=60.0),
    "records with a reason": Rate(burst=40, each=60.0),
    "searches": Rate(burst=40, each=15.0),
    "tickets": Rate(burst=60, each=10.0),
}
"""How many an agent may read at once, and then one every so many seconds."""

FRESH = timedelta(minutes=30)
"""For how long an agent may work with a record that was shown."""

REPORTED = Rate(burst=1, each=600.0)
"""How often one agent is reported."""


class Browsing:
    """Counts by agent. ``now`` is the clock."""

    def __init__(
        self,
        tabs: Tabs,
        cards: OpenCards,
        states: AgentStates,
        views: ViewLog,
        render: Render,
        now: Callable[[], datetime],
    ) -> None:
        self._tabs = tabs
        self._cards = cards
        self._states = states
        self._views = views
        self._render = render
        self._now = now
        self.limits = {what: RateLimit(rate) for what, rate in RATES.items()}
        self._reports = RateLimit(REPORTED)
        self._shown: dict[tuple[str, int], datetime] = {}

    def has_card(self, agent: str, subscriber: int) -> bool:
        """Whether the subscriber calls the agent, or did and the card is not finished; or calls
        another agent, and this one is in the call."""
        return any(agent in one.seen_by for one in self._cards.about(subscriber))

    def shown(self, agent: str, subscriber: int) -> None:
        """A record was shown to an agent, who may work with it for a while."""
        now = self._now()
        self._shown = {key: at for key, at in self._shown.items() if now - at < FRESH}
        self._shown[agent, subscriber] = now

    def linkable(self, agent: str, subscriber: int) -> Sequence[Card]:
        """The agent's cards of calls that are not known to be of the subscriber, the newest first;
        the one who is talking before all."""
        calls = [
            one
            for one in reversed(tuple(self._cards.of(agent)))
            if one.record.arrival.channel and one.record.arrival.subscriber != subscriber
        ]
        return sorted(calls, key=lambda one: one.phase != "talking")

    def may_work(self, agent: str, subscriber: int) -> bool:
        """Whether the agent has a card of the subscriber, or was shown their record just now."""
        at = self._shown.get((agent, subscriber))
        return self.has_card(agent, subscriber) or (at is not None and self._now() - at < FRESH)

    async def refusal(self, tab: Tab, key: str, subscriber: int, why: str = "") -> m.Answer | None:
        """What is answered to message ``key`` instead of a record: the form that asks why, or how
        long to wait; None: it was counted, and may be shown."""
        if self.has_card(tab.agent, subscriber):
            return None
        if not (wait := await self.wait(tab.agent, "records with a reason" if why else "records")):
            return None
        if why:
            return self.limited(tab, key, wait)
        html = self._render.page("view_reason", tab.language, subscriber=subscriber)
        return m.Answer(key, ok=False, html=html)

    def limited(self, tab: Tab, key: str, wait: int) -> m.Answer:
        """The answer to message ``key`` that says how many seconds to wait."""
        text = self._render.word("reads-wait", tab.language, wait=wait)
        return m.Answer(key, ok=False, text=text)

    async def wait(self, agent: str, what: What) -> int:
        """Whole seconds until the agent may read one more; 0: it is counted, and may be read."""
        wait = self._wait(self.limits[what], agent)
        if wait and not self._wait(self._reports, agent):
            await self._report(agent, what)
        return wait

    def _wait(self, limit: RateLimit, key: Hashable) -> int:
        return ceil(limit.wait(key, self._now().timestamp()))

    async def _report(self, agent: str, what: What) -> None:
        many = RATES[what].burst
        log.warning("%s reads many %s without a call (%d): limited", agent, what, many)
        await self._views.record(agent, None, f"limited: many {what}")
        name = self._states.full_name(agent)
        for tab in self._tabs.all():
            if tab.supervisor and tab.agent != agent:
                tab.send(m.Notice(self._render.word("reads-much", tab.language, agent=name)))
