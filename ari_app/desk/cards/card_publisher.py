"""Sends cards to the tabs of their agents as they open, change phase and close."""

from ari_app.desk import messages as m
from ari_app.desk.cards.card import Card
from ari_app.desk.cards.card_details import CardDetails
from ari_app.desk.cards.pop import Why
from ari_app.desk.cards.recording import CardRecordings
from ari_app.desk.render import Render
from ari_app.desk.web.tabs import Tabs


class CardPublisher:
    """See :class:`ari_app.desk.cards.cards.CardListener`."""

    def __init__(
        self, tabs: Tabs, details: CardDetails, recordings: CardRecordings, render: Render
    ) -> None:
        self._tabs = tabs
        self._recordings = recordings
        self._details = details
        self._render = render

    def card_opened(self, card: Card) -> None:
        """Show the card at once, and load what is known of its caller."""
        for tab in self._tabs.of(card.record.agent):
            html = self._render.card(card, card.typed.texts, tab.language)
            tab.send(m.Card(card.id, html, self._render.announcement(card, tab.language)))
        self._recordings.follow(card)
        self._details.load(card)

    def phase_changed(self, card: Card) -> None:
        """Show that the call was answered, or is over."""
        for tab in self._tabs.of(card.record.agent):
            word = self._render.word(f"phase-{card.phase_word}", tab.language)
            tab.send(m.Phased(card.id, card.phase, word, card.since.isoformat()))
        self.passing(card)
        self._recordings.follow(card)

    def passing(self, card: Card, word: str = "", **values: object) -> None:
        """Show what becomes of the caller who is transferred; ``word`` names a notice beside it."""
        for tab in self._tabs.of(card.record.agent):
            html = self._render.part("passing", card, tab.language)
            tab.send(m.Part(card.id, "passing", html))
            if word:
                tab.send(m.Notice(self._render.word(word, tab.language, **values)))

    def card_kept(self, card: Card, why: Why) -> None:
        """Leave the card, and say why it was not answered."""
        self.phase_changed(card)
        for tab in self._tabs.of(card.record.agent):
            tab.send(m.Notice(self._render.word(f"gone-{why}", tab.language)))

    def card_closed(self, card: Card, why: Why) -> None:
        """Take the card away and say why."""
        for tab in self._tabs.of(card.record.agent):
            tab.send(m.Gone(card.id, self._render.word(f"gone-{why}", tab.language)))
