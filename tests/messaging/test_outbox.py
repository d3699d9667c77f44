"""Texts are sent once, with retries, to all who can be reached."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ari_app.messaging import outbox as sending
from ari_app.messaging.outbox import PAUSES, Outbox
from ari_app.store import outbox
from ari_app.store.db import Store, StoreError
from ari_app.store.outbox import Text
from tests.ari.facts import until
from tests.deadlines import within
from tests.operators import BELARUS
from tests.store.samples import NOON

NUMBER = "375990000001"
OTHER = "375990000002"
REFUSAL = "no phone is registered"


class Post:
    """A clock that a test sets, and a way to send that it opens, shuts or holds up."""

    def __init__(self) -> None:
        self.now = NOON
        self.handed: list[tuple[str, str]] = []
        self.tried = 0
        self.fault: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.flying: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def clock(self) -> datetime:
        return self.now

    async def send(self, _key: str, number: str, text: str) -> None:
        self.tried += 1
        self.flying[number] += 1
        self.most[number] = max(self.most[number], self.flying[number])
        self.most["all"] = max(self.most["all"], self.flying.total())
        try:
            await self.open.wait()
            if self.fault:
                raise self.fault
            self.handed.append((number, text))
        finally:
            self.flying[number] -= 1


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


@pytest.fixture
async def post() -> Post:
    return Post()


@asynccontextmanager
async def running(store: Store, post: Post) -> AsyncIterator[Outbox]:
    one = Outbox(store, post.send, post.clock)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def texts(store: Store) -> list[Text]:
    return list(await store.read(outbox.recent, 100))


async def when(store: Store, fact: Callable[[Text], bool]) -> list[Text]:
    """The texts once a fact is true of all of them."""
    async with within(5):
        while True:
            if all(map(fact, found := await texts(store))):
                return found
            await asyncio.sleep(0.001)


def is_sent(text: Text) -> bool:
    return text.state == "sent"


def refused(attempts: int) -> Callable[[Text], bool]:
    return lambda text: (text.attempts, text.error) == (attempts, REFUSAL)


async def test_a_text_is_sent_at_once_and_once(
    store: Store, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with running(store, post) as one:
        assert await one.post("c1:1", NUMBER, "Настройки отправлены", "c1")
        assert not await one.post("c1:1", NUMBER, "Настройки отправлены", "c1")
        [text] = await when(store, is_sent)
    assert (text.attempts, text.call, text.sent_at) == (1, "c1", NOON)
    async with running(store, post):
        pass
    assert post.handed == [(NUMBER, "Настройки отправлены")]
    assert "…0001" in caplog.text
    assert NUMBER not in caplog.text
    assert "Настройки" not in caplog.text


async def test_a_phone_that_registers_gets_what_waits_at_once(store: Store, post: Post) -> None:
    post.fault = RuntimeError(REFUSAL)
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "first")
        await one.post("c1:2", OTHER, "to another")
        await when(store, refused(1))
        post.fault = None
        await one.retry(NUMBER)
        await when(store, lambda text: text.state == "sent" or text.number == OTHER)
    states = {each.number: each.state for each in await texts(store)}
    assert states == {NUMBER: "sent", OTHER: "waiting"}


async def test_attempts_follow_at_growing_pauses_until_none_is_left(
    store: Store, post: Post
) -> None:
    post.fault = RuntimeError(REFUSAL)
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "text")
        for number, pause in enumerate(PAUSES, 1):
            await when(store, refused(number))
            post.now += pause - timedelta(seconds=1)
            one.wake()
            [text] = await texts(store)
            assert text.next_at == post.now + timedelta(seconds=1)
            post.now += timedelta(seconds=1)
            one.wake()
        [text] = await when(store, refused(len(PAUSES) + 1))
    assert (text.state, text.next_at) == ("failed", None)
    assert post.tried == len(PAUSES) + 1
    assert text.created + sum(PAUSES, timedelta()) == post.now


async def test_a_phone_that_is_switched_on_gets_what_waited(store: Store, post: Post) -> None:
    post.fault = RuntimeError(REFUSAL)
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "text")
        await when(store, refused(1))
        post.fault = None
        post.now += PAUSES[0]
        one.wake()
        [text] = await when(store, is_sent)
    assert (text.attempts, text.error) == (2, "")
    assert post.handed == [(NUMBER, "text")]


async def test_one_text_at_a_time_for_a_number_and_few_for_all(store: Store, post: Post) -> None:
    post.open.clear()
    async with running(store, post) as one:
        for number in range(20):
            for seq in range(3):
                await one.post(f"{number}:{seq}", str(number), f"{seq}")
        await until(lambda: post.flying.total() == sending.CONCURRENCY)
        post.open.set()
        await when(store, is_sent)
    assert post.most.pop("all") == sending.CONCURRENCY
    assert set(post.most.values()) == {1}
    assert len(post.handed) == len(set(post.handed)) == 60


async def test_a_restart_sends_what_waits_and_nothing_twice(store: Store, post: Post) -> None:
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "first")
        await when(store, is_sent)
    await store.write(outbox.post, "c1:2", NUMBER, "second", "c1", NOON)
    async with running(store, post):
        await when(store, is_sent)
    assert post.handed == [(NUMBER, "first"), (NUMBER, "second")]


async def test_an_attempt_that_was_cut_off_is_made_again_after_its_pause(
    store: Store, post: Post
) -> None:
    post.open.clear()
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "text")
        await until(lambda: post.tried)
    post.open.set()
    async with running(store, post) as one:
        [text] = await texts(store)
        assert (text.state, text.attempts, text.error) == ("waiting", 1, "no answer yet")
        assert text.next_at == NOON + PAUSES[0]
        post.now += PAUSES[0]
        one.wake()
        await when(store, is_sent)
    assert post.handed == [(NUMBER, "text")]


async def test_a_send_without_an_answer_ends(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "DEADLINE", 0.01)
    post.open.clear()
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "text")
        await when(store, lambda text: text.error == "TimeoutError")
    assert post.tried == 1


async def test_nothing_is_tried_while_there_is_no_way_to_send(store: Store, post: Post) -> None:
    linked, asked = asyncio.Event(), asyncio.Event()

    async def ready() -> None:
        asked.set()
        await linked.wait()

    one = Outbox(store, post.send, post.clock, ready)
    await one.post("c1:1", NUMBER, "text")
    task = asyncio.create_task(one.run())
    await asked.wait()
    assert not post.tried
    linked.set()
    await when(store, is_sent)
    task.cancel()


async def test_what_was_handed_over_is_noted_when_the_store_is_well_again(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOOK", 0.01)
    ill = 3
    note = outbox.mark_sent

    def sent(*facts: object, **named: object) -> None:
        nonlocal ill
        ill -= 1
        if ill > 0:
            raise StoreError("the disk is full")
        note(*facts, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "mark_sent", sent)
    async with running(store, post) as one:
        await one.post("c1:1", NUMBER, "text")
        post.now += timedelta(days=1)
        await when(store, is_sent)
    assert post.handed == [(NUMBER, "text")]


async def test_what_another_process_posted_is_found(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOOK", 0.01)
    async with running(store, post):
        await store.write(outbox.post, "c1:1", NUMBER, "text", "", NOON)
        await when(store, is_sent)
