"""Shows on cards whether their calls are recorded, and has the conversations stored."""

import logging
from collections.abc import Collection, Iterable

from ari_app.desk.cards.card import Begin, Card
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.ports import Conversations, DeskUnavailable

log = logging.getLogger(__name__)

PART = "recording"
"""The part of a card that says so."""


class CardRecordings:
    """Keeps ``recording`` of each card up to date."""

    def __init__(self, conversations: Conversations, details: CardDetails, begin: Begin) -> None:
        self._conversations = conversations
        self._details = details
        self._begin = begin

    def follow(self, card: Card) -> None:
        """A card was opened, or its call entered another phase."""
        if card.speaks:
            self._begin(self._attach(card))
        self.show(card)

    def show(self, card: Card) -> None:
        """Show on a card whether its call is recorded now."""
        channel = card.record.arrival.channel
        state = self._conversations.state(channel) if card.speaks else ""
        if card.recording != state:
            card.recording = state
            self._details.send(card, PART)

    def restore(self, cards: Iterable[Card]) -> None:
        """Asterisk is connected again: find out which calls are recorded."""
        for card in cards:
            self.follow(card)

    def changed(self, channels: Collection[str], cards: Iterable[Card]) -> None:
        """The recording of these channels began, paused, went on or ended."""
        for card in cards:
            if card.record.arrival.channel in channels:
                self.show(card)

    async def _attach(self, card: Card) -> None:
        try:
            await self._conversations.attach(card.record)
        except DeskUnavailable as error:
            log.error("whose recording that of card %s is was not stored: %s", card.id, error)
        self.show(card)
