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
        self.show(card, card.record.agent)
        self._recordings.follow(card)
        self._details.load(card)

    def show(self, card: Card, *people: str) -> None:
        """Show a whole card to its agent, or to who reads it."""
        for tab in self._tabs.of(*people):
            html = self._render.card(card, card.typed.texts, tab.language, tab.agent)
            tab.send(
                m.Card(card.id, html, self._render.announcement(card, tab.language, tab.agent))
            )

    def watched(self, card: Card, by: frozenset[str]) -> None:
        """Show a card to the supervisors who came into its call, and take it from those who
        left."""
        before, card.watchers = card.watchers, by
        self.show(card, *sorted(by - before))
        for tab in self._tabs.of(*sorted(before - by)):
            tab.send(m.Gone(card.id, self._render.word("watches-over", tab.language)))

    def phase_changed(self, card: Card) -> None:
        """Show that the call was answered, or is over."""
        for tab in self._tabs.of(*card.seen_by):
            word = self._render.word(f"phase-{card.phase_word}", tab.language)
            tab.send(m.Phased(card.id, card.phase, word, card.since.isoformat()))
        self.passing(card)
        self._recordings.follow(card)

    def passing(self, card: Card, word: str = "", **values: object) -> None:
        """Show what becomes of the caller who is transferred; ``word`` names a notice beside it."""
        for tab in self._tabs.of(*card.seen_by):
            html = self._render.part("passing", card, tab.language)
            tab.send(m.Part(card.id, "passing", html))
            if word:
                tab.send(m.Notice(self._render.word(word, tab.language, **values)))

    def card_kept(self, card: Card, why: Why) -> None:
        """Leave the card, and say why it was not answered."""
        self.phase_changed(card)
        for tab in self._tabs.of(*card.seen_by):
            tab.send(m.Notice(self._render.word(f"gone-{why}", tab.language)))

    def card_closed(self, card: Card, why: Why) -> None:
        """Take the card away and say why."""
        for tab in self._tabs.of(*card.seen_by):
            tab.send(m.Gone(card.id, self._render.word(f"gone-{why}", tab.language)))
