"""The cards of the desk, in the store."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar, get_args

from ari_app.desk.cards.caller_profile import Arrival, Identified, TransferNotes
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import agents, card_events, cards
from ari_app.store.cards import Card, CardNotFound, TypedText
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database

T = TypeVar("T")
P = ParamSpec("P")


class StoredCards:
    """See :class:`ari_app.desk.ports.CardStore`."""

    def __init__(
        self,
        store: Store,
        posted: Callable[[], None] | None = None,
        popped: Callable[[str, str], None] = lambda *_: None,
    ) -> None:
        """``posted`` is called when an event of a card waits to be sent; None: none is. ``popped``
        is called with channel and agent when a card opened."""
        self._store = store
        self._posted = posted
        self._popped = popped

    async def open(self, card: CardRecord) -> None:
        """Add a card, which the agent has on the screen by now."""
        self._popped(card.arrival.channel, card.agent)
        await self._write(_open, _stored(card), self._posted is not None)

    async def update(self, card: CardRecord) -> None:
        """Store what changed."""
        await _answer(self._store.write_unsynced(_update, card))

    async def unfinished(self) -> Sequence[CardRecord]:
        """All cards that are not closed."""
        return [_record(one) for one in await _answer(self._store.read(cards.all_unfinished))]

    async def close(self, card: str, at: datetime) -> None:
        """Close it; if anything was typed, that is a contact."""
        await self.finish(card, at)

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        """Store a burst of typing."""
        burst = TypedText(card, field, key, text, at)
        await _answer(self._store.write(_save, agent, burst))

    async def texts(self, card: str) -> Mapping[str, str]:
        """The fields of a card."""
        return await _answer(self._store.read(cards.texts, card))

    async def finish(self, card: str, at: datetime) -> None:
        """Close it and record its contact."""
        await self._write(_finish, card, at, self._posted is not None)

    async def _write(
        self, fn: Callable[Concatenate[Database, P], None], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Write to the store, and have an event of it sent."""
        await _answer(self._store.write(fn, *args, **kwargs))
        if self._posted is not None:
            self._posted()

    async def transfer_notes(self, card: str) -> TransferNotes:
        """What a colleague wrote on their card."""
        return await _answer(self._store.read(_transfer_notes, card))


async def _answer(query: Awaitable[T]) -> T:
    try:
        return await query
    except CardNotFound as error:
        raise DeskUnavailable(f"there is no card {error}", "not-there") from error
    except StoreError as error:
        raise DeskUnavailable(str(error)) from error


def _open(db: Database, card: Card, posted: bool) -> None:
    if cards.open(db, card) and posted and card.channel:
        card_events.post(db, card.id, "opened", card.opened)


def _finish(db: Database, card: str, at: datetime, posted: bool) -> None:
    one = cards.by_id(db, card)
    if cards.finish(db, card, at) and posted and one and one.channel:
        card_events.post(db, card, "closed", at)


def _save(db: Database, agent: str, burst: TypedText) -> None:
    card = cards.by_id(db, burst.card)
    if card is None or card.agent != agent:
        raise CardNotFound(burst.card)
    cards.save(db, burst)


def _transfer_notes(db: Database, id: str) -> TransferNotes:
    card = cards.by_id(db, id)
    if card is None:
        raise CardNotFound(id)
    colleague, texts = agents.by_name(db, card.agent), cards.texts(db, id)
    by = colleague.full_name if colleague else card.agent
    return TransferNotes(by, texts.get("question", ""), texts.get("solution", ""))


def _update(db: Database, card: CardRecord) -> None:
    if card.answered:
        cards.answered(db, card.id, card.answered)
    if card.ended:
        cards.ended(db, card.id, card.ended)
    else:
        cards.goes_on(db, card.id)
    cards.set_identity(db, card.id, card.identity)
    arrival = card.arrival
    if arrival.identified and arrival.subscriber is not None:
        cards.set_subscriber(db, card.id, arrival.subscriber, arrival.about, arrival.identified)


def _stored(card: CardRecord) -> Card:
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
        about=arrival.about,
        identified=arrival.identified,
        opened=card.opened,
        answered=card.answered,
        ended=card.ended,
        came_from=card.came_from,
    )


def _record(card: Card) -> CardRecord:
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
        about=card.about,
        identified=next((one for one in get_args(Identified) if one == card.identified), ""),
    )
    return CardRecord(
        id=card.id,
        agent=card.agent,
        arrival=arrival,
        opened=card.opened,
        answered=card.answered,
        ended=card.ended,
        identity=card.identity,
        came_from=card.came_from,
    )
