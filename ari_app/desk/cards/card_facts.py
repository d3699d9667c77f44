"""The facts of a card as HTML: until something is loaded, rendered once for all cards alike.

A card opens before anything is known of its caller. Its facts are half of the work of rendering it.
"""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from ari_app.desk.cards.caller_profile import CallerProfile
from ari_app.desk.cards.card import Card

NOTHING = CallerProfile()
"""What is known of a caller when a card opens."""
KEPT = 100
"""Of how many kinds of cards they are kept."""


class CardFacts:
    """See the module. ``part`` renders one of the ``parts`` of a card in a language."""

    def __init__(self, parts: Sequence[str], part: Callable[[str, Card, str], str]) -> None:
        self._parts = parts
        self._part = part
        self._kept: dict[tuple[object, ...], Mapping[str, Markup]] = {}

    def of(self, card: Card, language: str) -> Mapping[str, Markup]:
        """The HTML of each part, in their order."""
        if card.profile != NOTHING:
            return self._made(card, language)
        arrival = card.record.arrival
        unknown = (arrival.subscriber is None, not arrival.call, not card.record.came_from)
        key = (language, arrival.attempt, *unknown)
        if (known := self._kept.get(key)) is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = known = self._made(card, language)
        return known

    def _made(self, card: Card, language: str) -> Mapping[str, Markup]:
        return {part: Markup(self._part(part, card, language)) for part in self._parts}
