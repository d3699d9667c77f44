"""Cards: nothing that is typed is lost, and a conversation is in the chronology once."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ari_app.store import cards, history, subscribers
from ari_app.store.cards import Card, CardNotFound, TypedText
from ari_app.store.db import Store
from ari_app.store.history import Contact
from tests.store.samples import NOON, subscriber

SECOND = timedelta(seconds=1)
CARD = Card(
    id="card1",
    agent="anna",
    channel="1700000000.5",
    call="c1",
    number="+375 99 000 00 01",
    name="'; drop table cards --",
    subscriber=1,
    queue="support",
    topic="internet",
    language="ru",
    identity="caller",
    opened=NOON,
)


async def opened(store: Store, **changed: Any) -> Card:
    """A card of the subscriber 1, whom we have."""
    await store.write(subscribers.add, [subscriber()])
    card = replace(CARD, **changed)
    assert await store.write(cards.open, card)
    return card


async def typed(store: Store, **fields: str) -> None:
    for field, text in fields.items():
        key = f"{field}:{text}"
        await store.write(cards.save, TypedText("card1", field, key, text, NOON + SECOND))


async def test_a_card_comes_back_as_it_was_and_is_opened_once(store: Store) -> None:
    card = await opened(store)
    assert not await store.write(cards.open, replace(card, agent="boris"))
    assert await store.read(cards.by_id, "card1") == card
    assert await store.read(cards.by_id, "other") is None


async def test_the_steps_of_a_card_count_once(store: Store) -> None:
    card = await opened(store, subscriber=None, identity="none")
    for after in (3, 4):
        await store.write(cards.answered, "card1", NOON + after * SECOND)
        await store.write(cards.ended, "card1", NOON + 2 * after * SECOND)
    await store.write(cards.set_identity, "card1", "code-word")
    await store.write(cards.set_subscriber, "card1", 1)
    assert await store.read(cards.by_id, "card1") == replace(
        card,
        answered=NOON + 3 * SECOND,
        ended=NOON + 6 * SECOND,
        identity="code-word",
        subscriber=1,
    )


async def test_cards_are_found_by_agent_channel_and_subscriber(store: Store) -> None:
    first = await opened(store)
    passed = await opened(store, id="card2", agent="boris", opened=NOON + SECOND, came_from="card1")
    other = await opened(store, id="card3", channel="2", subscriber=None, opened=NOON + 2 * SECOND)
    assert await store.read(cards.unfinished, "anna") == [other, first]
    assert await store.read(cards.by_channel, first.channel) == [passed, first]
    assert await store.read(cards.of_subscriber, 1) == [passed, first]
    assert await store.read(cards.of_subscriber, 1, 1) == [passed]
    assert await store.write(cards.finish, "card1", NOON + SECOND)
    assert await store.read(cards.unfinished, "anna") == [other]


async def test_the_newest_of_each_field_is_what_stands_there(store: Store) -> None:
    await opened(store)
    await typed(store, question="Нет")
    await typed(store, solution="Ждём", question="Нет интернета")
    again = TypedText("card1", "question", "question:Нет", "Нет", NOON + 9 * SECOND)
    await store.write(cards.save, again)
    assert await store.read(cards.texts, "card1") == {
        "question": "Нет интернета",
        "solution": "Ждём",
    }
    assert await store.read(cards.texts, "other") == {}


async def test_what_belongs_to_no_card_is_an_error_with_a_name(store: Store) -> None:
    with pytest.raises(CardNotFound, match="no card nope"):
        await store.write(cards.save, TypedText("nope", "question", "k", "text", NOON))
    with pytest.raises(CardNotFound):
        await store.write(cards.finish, "nope", NOON)
    with pytest.raises(CardNotFound):
        await store.write(cards.answered, "nope", NOON)


async def test_a_finished_card_is_one_contact(store: Store) -> None:
    await opened(store)
    await typed(store, question="Нет интернета", solution="Перезагрузили", solved="yes")
    assert await store.write(cards.finish, "card1", NOON + SECOND)
    assert not await store.write(cards.finish, "card1", NOON + 2 * SECOND)
    contact = Contact(
        *(1, NOON, "call", "internet", "Нет интернета", "Перезагрузили", "anna", True),
        *("card1", "c1"),
    )
    assert await store.read(history.of_subscriber, 1) == [contact]
    finished = await store.read(cards.by_id, "card1")
    assert finished
    assert finished.closed == NOON + SECOND


async def test_what_arrives_late_is_still_in_the_chronology(store: Store) -> None:
    await opened(store)
    await typed(store, question="Нет интернета", topic="tv", solved="no")
    await store.write(cards.finish, "card1", NOON + SECOND)
    await typed(store, solution="Включили звук")
    [contact] = await store.read(history.of_subscriber, 1)
    assert (contact.topic, contact.solution) == ("tv", "Включили звук")
    assert not contact.first_contact_solved


@pytest.mark.parametrize(("answered", "contacts"), [(True, 1), (False, 0)])
async def test_only_who_was_spoken_with_was_in_touch(
    store: Store, answered: bool, contacts: int
) -> None:
    await opened(store)
    if answered:
        await store.write(cards.answered, "card1", NOON)
    assert await store.write(cards.finish, "card1", NOON + SECOND)
    assert len(await store.read(history.of_subscriber, 1)) == contacts


@pytest.mark.parametrize("who", [None, 99])
async def test_of_a_stranger_the_texts_stay_with_the_card(store: Store, who: int | None) -> None:
    await opened(store, subscriber=who)
    await typed(store, question="Где офис?")
    assert await store.write(cards.finish, "card1", NOON)
    assert await store.read(cards.texts, "card1") == {"question": "Где офис?"}
