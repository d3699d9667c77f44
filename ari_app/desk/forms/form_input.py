"""A form of a card as an agent filled it in."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.desk.cards.card import Card
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.forms.idempotent_actions import ActionResult

LATEST = timedelta(days=366)
"""How far ahead a moment may be."""


class InvalidField(Exception):  # noqa: N818 - named by what is so, not as an error
    """A field of a form is empty or cannot be read: its name."""


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


def future(text: str, name: str, local: Callable[[datetime], datetime], now: datetime) -> datetime:
    """The moment of the field ``name``, written without a time zone, which ``local`` adds; raises
    :class:`InvalidField` unless it is within the next year."""
    try:
        at = local(datetime.fromisoformat(text))
    except (ValueError, OverflowError):  # the last day of the calendar has no time zone
        raise InvalidField(name) from None
    if not now < at < now + LATEST:
        raise InvalidField(name)
    return at


FormHandler = Callable[[FormInput], Awaitable[ActionResult]]
