"""Cards of the desk, kept in the store."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from ari_app.desk.known import Arrival, Passed
from ari_app.desk.ports import DeskUnavailable, Kept
from ari_app.store import agents, cards
from ari_app.store.cards import Card, CardNotFound, TypedText
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database

T = TypeVar("T")


class StoredCards:
    """See :class:`ari_app.desk.ports.Cards`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, card: Kept) -> None:
        """Keep a new card."""
        await _kept(self._store.write(cards.open, _stored(card)))

    async def changed(self, card: Kept) -> None:
        """Keep what became of it."""
        await _kept(self._store.write(_change, card))

    async def unfinished(self) -> Sequence[Kept]:
        """All that are not closed."""
        return [_read(one) for one in await _kept(self._store.read(cards.all_unfinished))]

    async def close(self, card: str, at: datetime) -> None:
        """Close it; if anything was typed all the same, that is a contact."""
        await self.finish(card, at)

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        """Keep a burst."""
        burst = TypedText(card, field, key, text, at)
        await _kept(self._store.write(_save, agent, burst))

    async def texts(self, card: str) -> Mapping[str, str]:
        """What stands on it."""
        return await _kept(self._store.read(cards.texts, card))

    async def finish(self, card: str, at: datetime) -> None:
        """Close it and write its contact."""
        await _kept(self._store.write(cards.finish, card, at))

    async def passed(self, card: str) -> Passed:
        """What stands on a colleague's."""
        return await _kept(self._store.read(_passed, card))


async def _kept(deed: Awaitable[T]) -> T:
    try:
        return await deed
    except (StoreError, CardNotFound) as error:
        raise DeskUnavailable(str(error)) from error


def _save(db: Database, agent: str, burst: TypedText) -> None:
    card = cards.by_id(db, burst.card)
    if card is None or card.agent != agent:
        raise CardNotFound(burst.card)
    cards.save(db, burst)


def _passed(db: Database, id: str) -> Passed:
    card = cards.by_id(db, id)
    if card is None:
        raise CardNotFound(id)
    colleague, texts = agents.by_name(db, card.agent), cards.texts(db, id)
    by = colleague.full_name if colleague else card.agent
    return Passed(by, texts.get("question", ""), texts.get("solution", ""))


def _change(db: Database, card: Kept) -> None:
    if card.answered:
        cards.answered(db, card.id, card.answered)
    if card.ended:
        cards.ended(db, card.id, card.ended)
    cards.set_identity(db, card.id, card.identity)


def _stored(card: Kept) -> Card:
    arrival = card.arrival
    return Card(
        id=card.id,
        agent=card.agent,
        channel=arrival.channel,
        call=arrival.call,
        number=arrival.number,
        name=arrival.name,
        subscriber=arrival.subscriber,
        queue=arrival.queue,
        topic=arrival.topic,
        language=arrival.language,
        identity=card.identity,
        opened=card.opened,
        answered=card.answered,
        ended=card.ended,
        came_from=card.came_from,
    )


def _read(card: Card) -> Kept:
    arrival = Arrival(
        channel=card.channel,
        number=card.number,
        name=card.name,
        call=card.call,
        subscriber=card.subscriber,
        queue=card.queue,
        topic=card.topic,
        language=card.language,
        identity=card.identity,
    )
    return Kept(
        id=card.id,
        agent=card.agent,
        arrival=arrival,
        opened=card.opened,
        answered=card.answered,
        ended=card.ended,
        identity=card.identity,
        came_from=card.came_from,
    )
