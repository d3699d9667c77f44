"""The port of stored cards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ari_app.desk.cards.caller_profile import Arrival, Identity, TransferNotes


class CardRecord(Struct, frozen=True, kw_only=True):
    """A card as it is stored. ``came_from``: the card of the agent who transferred the call."""

    id: str
    agent: str
    arrival: Arrival
    opened: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    identity: Identity = "none"
    came_from: str = ""


class CardStore(Protocol):
    """Keeps cards and what agents write on them. May raise
    :class:`ari_app.desk.ports.DeskUnavailable`."""

    async def open(self, card: CardRecord) -> None:
        """Add a card."""

    async def update(self, card: CardRecord) -> None:
        """Store that a card was answered or ended, or its caller identified."""

    async def unfinished(self) -> Sequence[CardRecord]:
        """All cards that are not closed."""

    async def close(self, card: str, at: datetime) -> None:
        """Close a card that was not answered."""

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        """Store a field of an agent's card, also of a closed one. The same key twice is once."""

    async def texts(self, card: str) -> Mapping[str, str]:
        """The fields of a card."""

    async def finish(self, card: str, at: datetime) -> None:
        """Close a card and record its contact from its fields."""

    async def transfer_notes(self, card: str) -> TransferNotes:
        """What the colleague who transferred the call wrote on ``card``."""
