"""Commands on a subscriber who was found: open a card without a call, or link a call."""

import logging

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.commands.browsing import Browsing
from ari_app.desk.commands.view_log import ViewLog
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab, Tabs

log = logging.getLogger(__name__)


class RecordCommands:
    """Each is for a subscriber whose record the agent has just read: that was counted there."""

    def __init__(
        self,
        tabs: Tabs,
        cards: OpenCards,
        details: CardDetails,
        ports: Ports,
        browsing: Browsing,
        views: ViewLog,
        render: Render,
    ) -> None:
        self._tabs = tabs
        self._cards = cards
        self._details = details
        self._profiles, self._conversations = ports.profiles, ports.conversations
        self._browsing = browsing
        self._views = views
        self._render = render

    async def open(self, tab: Tab, message: m.OpenRecord) -> m.Answer:
        """Open a card of a subscriber without a call: to write, with tickets and notes."""
        if not self._browsing.may_work(tab.agent, message.subscriber):
            return self._refused(tab, message.key)
        one = await self._profiles.subscriber(message.subscriber)
        arrival = Arrival(
            channel="", number=one.number, subscriber=one.subscriber, language=one.language
        )
        card = self._cards.open_record(tab.agent, arrival)
        return m.Answer(message.key, ok=True, card=card.id)

    async def link(self, tab: Tab, message: m.Link) -> m.Answer:
        """The caller of a card is a subscriber whom the agent identified; recorded as a view."""
        card, agent = self._cards.own(tab.agent, message.card), tab.agent
        if not (card.record.arrival.channel and self._browsing.may_work(agent, message.subscriber)):
            return self._refused(tab, message.key)
        one = await self._profiles.subscriber(message.subscriber)
        await self._views.record(agent, one.subscriber, f"linked card {card.id}: {message.how}")
        await self._conversations.link(card.record.arrival.channel, agent, one.subscriber)
        log.info(
            "card %s: %s links the call to subscriber %d, identified by %s",
            *(card.id, agent, one.subscriber, message.how),
        )
        texts = await self._cards.texts(card)
        self._cards.link(card, one.subscriber, one.number, message.how)
        for each in self._tabs.of(*card.seen_by):
            html = self._render.card(card, texts, each.language, each.agent)
            each.send(m.Card(card.id, html, ""))
        self._details.load(card)
        text = self._render.word("linked", tab.language, who=one.name)
        return m.Answer(message.key, ok=True, text=text, card=card.id)

    def _refused(self, tab: Tab, key: str) -> m.Answer:
        return m.Answer(key, ok=False, text=self._render.word("read-first", tab.language))
