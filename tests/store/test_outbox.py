"""The outbox in the store: a key is a text, and an attempt is counted before it is made."""

from datetime import timedelta

import pytest

from ari_app.store import outbox
from ari_app.store.db import Store
from ari_app.store.outbox import Text
from ari_app.store.sqlite import Database
from tests.store.samples import NOON

NUMBER = "375990000001"
SECOND = timedelta(seconds=1)


async def post(store: Store, key: str, number: str = NUMBER, text: str = "Привет") -> bool:
    return await store.write(outbox.post, key, number, text, "c1", NOON)


async def one(store: Store) -> Text:
    [found] = await store.read(outbox.recent, 10)
    return found


async def test_a_key_is_one_text(store: Store) -> None:
    assert await post(store, "c1:1", "+375 99 000-00-01")
    assert not await post(store, "c1:1", "375990000002", "other")
    assert await one(store) == Text(
        "c1:1", NUMBER, "Привет", "c1", NOON, "waiting", 0, NOON, None, ""
    )


async def test_a_text_lives_and_dies_with_its_transaction(store: Store) -> None:
    def half(db: Database) -> None:
        outbox.post(db, "c1:1", NUMBER, "Привет", "c1", NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(half)
    assert await store.read(outbox.recent, 10) == []


async def test_one_text_for_each_number_is_due_the_oldest_first(store: Store) -> None:
    for second, key, number in ((3, "b2", "2"), (2, "b1", "2"), (1, "a1", "1"), (4, "c1", "3")):
        at = NOON + second * SECOND
        await store.write(outbox.post, key, number, "text", "", at)
    due = await store.read(outbox.due, NOON + 3 * SECOND, 8)
    assert [text.key for text in due] == ["a1", "b1"]
    assert [text.key for text in await store.read(outbox.due, NOON + 9 * SECOND, 2)] == ["a1", "b1"]
    assert await store.read(outbox.next_due, NOON + 3 * SECOND) == NOON + 4 * SECOND
    assert await store.read(outbox.next_due, NOON + 4 * SECOND) is None


async def test_an_attempt_puts_the_next_off_and_the_last_one_fails(store: Store) -> None:
    await post(store, "c1:1")
    await store.write(outbox.start_attempt, "c1:1", NOON + SECOND)
    assert await store.read(outbox.due, NOON, 8) == []
    begun = await one(store)
    assert (begun.state, begun.attempts, begun.next_at) == ("waiting", 1, NOON + SECOND)
    assert begun.error == "no answer yet"
    await store.write(outbox.attempt_failed, "c1:1", "no phone")
    await store.write(outbox.start_attempt, "c1:1", None)
    await store.write(outbox.attempt_failed, "c1:1", "still no phone")
    failed = await one(store)
    assert (failed.state, failed.attempts, failed.next_at) == ("failed", 2, None)
    assert failed.error == "still no phone"


async def test_what_was_sent_is_never_due_again(store: Store) -> None:
    await post(store, "c1:1")
    await store.write(outbox.start_attempt, "c1:1", NOON)
    await store.write(outbox.mark_sent, "c1:1", NOON + SECOND)
    await store.write(outbox.start_attempt, "c1:1", NOON)
    assert not await post(store, "c1:1")
    assert await store.read(outbox.due, NOON + timedelta(days=9), 8) == []
    done = await one(store)
    assert (done.state, done.attempts, done.sent_at, done.error) == ("sent", 1, NOON + SECOND, "")


async def test_the_last_texts_to_a_number(store: Store) -> None:
    for key, number in (("1", NUMBER), ("2", "375990000002"), ("3", NUMBER)):
        await post(store, key, number)
    shown = await store.read(outbox.recent, 10, "+375990000001")
    assert [text.key for text in shown] == ["3", "1"]
    assert [text.key for text in await store.read(outbox.recent, 2)] == ["3", "2"]
