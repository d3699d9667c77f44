"""The whole desk of an agent, as a tab gets it when it connects."""

import logging
from collections.abc import Mapping, Sequence

from ari_app.desk import messages as m
from ari_app.desk.agents.promised_calls import PromisedCalls
from ari_app.desk.agents.status_panels import StatusPanels
from ari_app.desk.cards.card import Card
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.cards import OpenCards
from ari_app.desk.phone.account import BrowserPhones, page_account
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tab

log = logging.getLogger(__name__)


class Snapshot:
    """Makes the first message to a tab: all its agent's cards, their state, queues and phone."""

    def __init__(
        self,
        cards: OpenCards,
        details: CardDetails,
        panels: StatusPanels,
        promised: PromisedCalls,
        phones: BrowserPhones,
        render: Render,
    ) -> None:
        self._cards = cards
        self._details = details
        self._panels = panels
        self._promised = promised
        self._phones = phones
        self._render = render

    async def of(self, tab: Tab) -> m.Hello:
        """The snapshot for a tab; begins to load cards that were restored after a restart."""
        texts = {card.id: await self._texts(card) for card in self._shown(tab)}
        # From here on nothing waits: later changes are sent after this message.
        cards = self._shown(tab)
        for card in cards:
            self._details.load(card)
        phone = self._phones.of(tab.agent)
        return m.Hello(
            cards=tuple(
                self._render.card(card, texts.get(card.id, {}), tab.language, tab.agent)
                for card in cards
            ),
            state=self._panels.state(tab),
            queues=self._panels.queues(tab),
            due=self._promised.shown(tab),
            build=self._render.build,
            phone=page_account(phone, tab.session) if phone else None,
        )

    def _shown(self, tab: Tab) -> Sequence[Card]:
        """The agent's cards, and those of calls in which they are as a supervisor."""
        return [card for card in self._cards.all() if tab.agent in card.seen_by]

    async def _texts(self, card: Card) -> Mapping[str, str]:
        try:
            return await self._cards.texts(card)
        except DeskUnavailable as error:
            log.warning("card %s: fields unavailable: %s", card.id, error)
            return {}
