"""Texts to callers are in the outbox, in their order and once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.fulfilment.messages import StoredMessages
from ari_app.messaging.outbox import Outbox
from ari_app.selfcare.message_port import MessagesUnavailable
from ari_app.selfcare.request_port import Asker
from ari_app.store import outbox
from ari_app.store.db import Store
from ivr.values import Phrase
from tests.fulfilment.harness import say
from tests.operators import BELARUS
from tests.store.samples import NOON

ASKER = Asker("c1", "+375 99 000-00-01", 1, "en")
TEXTS = [Phrase("text-sent"), Phrase("text-done-free")]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


async def nowhere(_key: str, number: str, text: str) -> None:
    raise AssertionError(number + text)


async def test_texts_are_posted_once_in_the_callers_language(store: Store) -> None:
    messages = StoredMessages(Outbox(store, nowhere, lambda: NOON), say, BELARUS)
    for _ in range(2):
        assert await messages.post(ASKER, TEXTS, "c1:4")
    posted = await store.read(outbox.recent, 10)
    assert [one.key for one in posted] == ["c1:4:2", "c1:4:1"]
    assert posted[0].text == "It is done. Zorka"
    assert {one.number for one in posted} == {"375990000001"}


@pytest.mark.parametrize("number", ["", "anonymous", "611"])
async def test_who_withholds_their_number_gets_none(store: Store, number: str) -> None:
    messages = StoredMessages(Outbox(store, nowhere, lambda: NOON), say, BELARUS)
    assert not await messages.post(Asker("c1", number, None), TEXTS, "c1:4")
    assert not await store.read(outbox.recent, 10)


async def test_a_text_that_cannot_be_kept_is_said_to_be_unavailable(store: Store) -> None:
    messages = StoredMessages(Outbox(store, nowhere, lambda: NOON), say, BELARUS)
    await store.close()
    with pytest.raises(MessagesUnavailable, match="closed"):
        await messages.post(ASKER, TEXTS, "c1:4")
