"""A form of a card as an agent filled it in."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from ari_app.desk.cards.card import Card
from ari_app.desk.cards.card_store import CardRecord
from ari_app.pages.idempotent_actions import ActionResult
from ari_app.pages.operations import InvalidField


class FormInput(Struct, frozen=True):
    """The values of a form. ``record`` is the card's as it was when the form came; ``key`` is the
    same when the same form is sent again; ``language`` is that of the tab, ``senior``: its agent is
    a senior one at least, ``listens``: they may listen to recorded conversations."""

    card: Card
    record: CardRecord
    key: str
    language: str
    values: Mapping[str, str]
    senior: bool = False
    listens: bool = False

    @property
    def linked(self) -> bool:
        """Whether the card was linked to another subscriber since the form came."""
        return self.card.record.arrival.subscriber != self.record.arrival.subscriber

    @property
    def card_key(self) -> str:
        """The key of the action, unique among all cards."""
        return f"{self.card.id}:{self.key}"

    def text(self, name: str) -> str:
        """A required field; raises :class:`InvalidField` if it is empty."""
        text = self.values.get(name, "").strip()
        if not text:
            raise InvalidField(name)
        return text


FormHandler = Callable[[FormInput], Awaitable[ActionResult]]
