"""Cards of the desk in a real store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import Arrival, TransferNotes
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import agents, history, subscribers
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.workplace.cards import StoredCards
from ivr.secret import Secret
from tests.operators import BELARUS
from tests.store.samples import subscriber

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await Store.open(tmp_path / "firstline.db", BELARUS, patience=0.2)
    await one.write(subscribers.add, [subscriber()])
    yield one
    await one.close()


def card(id: str = "0123456789abcdef") -> CardRecord:
    arrival = Arrival(
        channel="1.1",
        number="375990000001",
        name="Anybody",
        call="c1",
        subscriber=1,
        queue="support",
        topic="money",
        language="ru",
        identity="caller",
    )
    return CardRecord(id=id, agent="anna", arrival=arrival, opened=AT, identity="caller")


async def test_a_card_is_read_as_it_was_stored(store: Store) -> None:
    cards = StoredCards(store)
    await cards.open(card())
    after = replace(card(), answered=AT, ended=AT, identity="code-word")
    await cards.update(after)
    [found] = await cards.unfinished()
    assert found == replace(after, arrival=replace(after.arrival, identity="code-word"))


async def test_finishing_a_card_records_its_contact(store: Store) -> None:
    cards = StoredCards(store)
    await cards.open(card())
    await cards.update(replace(card(), answered=AT))
    for number, (field, text) in enumerate(
        (("question", "Почему"), ("question", "Почему счёт выше?"), ("solution", "Налог"),
         ("solved", "yes"), ("topic", "money"))
    ):  # fmt: skip
        await cards.save("0123456789abcdef", "anna", field, f"t:{number}", text, AT)
    assert (await cards.texts("0123456789abcdef"))["question"] == "Почему счёт выше?"
    await cards.finish("0123456789abcdef", AT)
    assert not await cards.unfinished()
    [contact] = await store.read(history.of_subscriber, 1)
    assert (contact.question, contact.solution) == ("Почему счёт выше?", "Налог")
    assert (contact.topic, contact.agent, contact.first_contact_solved) == ("money", "anna", True)


async def test_an_unanswered_card_records_no_contact(store: Store) -> None:
    cards = StoredCards(store)
    await cards.open(card())
    await cards.close("0123456789abcdef", AT)
    assert not await cards.unfinished()
    assert not await store.read(history.of_subscriber, 1)


async def test_only_the_agent_of_a_card_writes_on_it(store: Store) -> None:
    cards = StoredCards(store)
    await cards.open(card())
    for id, agent in (("0123456789abcdef", "boris"), ("fedcba9876543210", "anna")):
        with pytest.raises(DeskUnavailable):
            await cards.save(id, agent, "question", "t:1", "чужое", AT)
    assert not await cards.texts("0123456789abcdef")


async def test_transfer_notes_name_the_colleague(store: Store) -> None:
    cards = StoredCards(store)
    await cards.open(card())
    await cards.save(card().id, "anna", "question", "t:1", "Нет звука", AT)
    assert await cards.transfer_notes(card().id) == TransferNotes("anna", "Нет звука", "")
    anna = Agent("anna", "Анна Ветрова", "701", ("ru",), "701", Secret("x"))
    await store.write(agents.add, [anna])
    assert (await cards.transfer_notes(card().id)).by == "Анна Ветрова"
    with pytest.raises(DeskUnavailable):
        await cards.transfer_notes("fedcba9876543210")
