"""One-time codes as they are stored: how often, how long, and what is kept of them."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.fulfilment.one_time_codes import CodeServices, StoredOneTimeCodes
from ari_app.rate_limit import Rate, RateLimit
from ari_app.selfcare.hashing import CHEAP, Hasher
from ari_app.selfcare.request_port import Asker
from ari_app.store import outbox, subscribers
from ari_app.store.db import Store
from ivr.secret import Secret
from tests.fulfilment.harness import say
from tests.fulfilment.test_code_words import Clock
from tests.operators import BELARUS
from tests.store.samples import subscriber

LINE, NUMBER, UNUSED = "375170000009", "375990000001", "375170000000"
ASKER = Asker("c1", LINE, None)
MOST = 3
"""Wrong codes over one way in an hour."""
OTHER = "375331234567"


class CountingHasher(Hasher):
    """Counts comparisons."""

    compared = 0

    async def check_password(self, password: Secret, kept: str) -> bool:
        self.compared += 1
        return await super().check_password(password, kept)


class Bench:
    """Codes for subscriber 1, and the texts that were posted."""

    def __init__(self, store: Store, hasher: CountingHasher) -> None:
        self.store = store
        self.clock = Clock()
        self.turns = count()
        self.hasher = hasher
        self.guesses = GuessLimit(MOST)
        self.limit_texts(100)

    def limit_texts(self, most: int) -> None:
        """So many texts from now on."""
        texts = RateLimit(Rate(burst=most, each=3600.0))
        services = (self.store, self.hasher, say, lambda: None, self.clock, self.guesses, texts)
        self.codes = StoredOneTimeCodes(CodeServices(*services))

    async def send(self, call: str = "c1", line: str = LINE, who: int | None = 1) -> str:
        number = NUMBER if who else UNUSED
        asker = replace(ASKER, call=call, number=line)
        return await self.codes.send(asker, number, who, f"{call}:{next(self.turns)}")

    async def check(self, code: str, call: str = "c1", who: int | None = 1, way: str = "") -> str:
        number = NUMBER if who else UNUSED
        asker = replace(ASKER, call=call, way=way)
        return await self.codes.check(asker, number, who, Secret(code))

    async def texted(self) -> str:
        """The code of the last text."""
        [text, *_] = await self.store.read(outbox.due, self.clock(), 1)
        found = re.search("[0-9]{6}", text.text)
        assert found is not None
        return found[0]


@pytest.fixture
def hasher() -> Iterator[CountingHasher]:
    one = CountingHasher(Secret("pepper"), CHEAP)
    yield one
    one.close()


@pytest.fixture
async def bench(tmp_path: Path, hasher: CountingHasher) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await store.write(subscribers.add, [subscriber()])
    yield Bench(store, hasher)
    await store.close()


async def test_the_code_of_the_text_proves_and_only_one_time(bench: Bench) -> None:
    assert await bench.send() == "ok"
    code = await bench.texted()
    assert await bench.check(code) == "ok"
    assert await bench.check(code) == "wrong"


async def test_a_code_is_of_the_call_that_asked(bench: Bench) -> None:
    await bench.send()
    code = await bench.texted()
    assert await bench.check(code, "c2") == "wrong"
    assert await bench.check(code) == "ok"


async def test_a_code_has_three_tries_also_at_the_same_time(bench: Bench) -> None:
    await bench.send()
    code = await bench.texted()
    found = await asyncio.gather(*(bench.check("000000") for _ in range(5)))
    assert sorted(found) == ["locked", "locked", "wrong", "wrong", "wrong"]
    assert await bench.check(code) == "locked"


async def test_a_code_expires_and_its_text_is_not_sent_any_more(bench: Bench) -> None:
    await bench.send()
    code = await bench.texted()
    bench.clock.at += timedelta(minutes=5)
    assert await bench.check(code) == "wrong"
    assert await bench.store.read(outbox.due, bench.clock(), 9) == []
    assert await bench.store.read(outbox.has_expired, bench.clock())
    assert await bench.store.write(outbox.drop_expired, bench.clock()) == [NUMBER]
    [text] = await bench.store.read(outbox.recent, 9)
    assert (text.state, text.text) == ("failed", "")


@pytest.mark.parametrize("who", [1, None])
async def test_limits_of_call_number_and_line(bench: Bench, who: int | None) -> None:
    """They are the same for a number that no one has, which is sent nothing."""
    assert [await bench.send("c1", who=who) for _ in range(3)] == ["ok", "ok", "limit"]
    assert [await bench.send(f"d{n}", OTHER, who) for n in range(2)] == ["ok", "limit"], "an hour"
    bench.clock.at += timedelta(hours=1)
    assert [await bench.send(f"e{n}", OTHER, who) for n in range(4)] == ["ok"] * 3 + ["limit"]
    bench.clock.at += timedelta(hours=1)
    assert await bench.send("f1", OTHER, who) == "limit", "six a day"
    bench.clock.at += timedelta(days=1)
    assert await bench.send("g1", OTHER, who) == "ok"
    if who is None:
        assert await bench.store.read(outbox.recent, 9) == []
        assert await bench.check("000000", "g1", None) == "wrong"


@pytest.mark.parametrize("who", [1, None])
async def test_a_stranger_in_a_browser_uses_up_no_codes_of_calls(
    bench: Bench, who: int | None
) -> None:
    """Nor does a phone that shows no number: those count apart."""
    asked = [await bench.send(f"b{n}", "", who) for n in range(4)]
    assert asked == ["ok"] * 3 + ["limit"]
    assert [await bench.send(f"c{n}", OTHER, who) for n in range(4)] == ["ok"] * 3 + ["limit"]


async def test_one_line_asks_for_five_codes_an_hour_to_any_numbers(bench: Bench) -> None:
    others = [replace(subscriber(), id=n, msisdn=f"37599000000{n}") for n in range(2, 8)]
    await bench.store.write(subscribers.add, others)
    found = []
    for one in others:
        asker = replace(ASKER, call=f"h{one.id}")
        found.append(await bench.codes.send(asker, one.msisdn, one.id, f"h{one.id}:1"))
    assert found == ["ok"] * 5 + ["limit"]


async def test_what_is_kept_has_no_code(bench: Bench) -> None:
    await bench.send()
    code = await bench.texted()
    [text] = await bench.store.read(outbox.recent, 1)
    assert text.secret
    await bench.store.write(outbox.mark_sent, text.key, bench.clock())
    assert await bench.check(code) == "ok"
    rows = await bench.store.read(
        lambda db: (
            db.conn.execute("select * from one_time_codes").fetchall()
            + db.conn.execute("select * from outbox").fetchall()
        )
    )
    assert code not in str(rows)


async def test_wrong_codes_over_one_way_are_limited_over_all_numbers(
    bench: Bench, hasher: CountingHasher
) -> None:
    """A gateway is believed which number asks; what is right counts nothing, nor does what no one
    guesses anything by: a number that no one has, a call that had no code sent."""
    assert await bench.send() == "ok"
    code = await bench.texted()
    await bench.send("c9", who=None)
    for turn in range(2 * MOST):
        assert await bench.check("000000", f"guess-{turn}", None, "gateway") == "wrong"
        assert await bench.check("000000", f"guess-{turn}", 1, "gateway") == "wrong"
    assert await bench.check("000000", "c9", None, "gateway") == "wrong"
    assert await bench.send("c2", "") == "ok"
    for call in ("c1", "c1", "c2"):
        assert await bench.check("000000", call, way="gateway") == "wrong"
    assert await bench.check(code, way="gateway") == "locked"
    assert await bench.check("000000", "c9", None, "gateway") == "locked", "nor told apart"
    restarted = Bench(bench.store, hasher)
    assert await restarted.check(code, way="gateway") == "locked", "after a restart, too"
    words = GuessLimit(MOST)
    await words.recall(bench.store, bench.clock())
    assert words.begin("gateway", bench.clock()), "code words have a limit of their own"
    assert await bench.check(code, way="another") == "ok"
    bench.clock.at += timedelta(hours=1)
    assert await bench.check("000000", "later", None, "gateway") == "wrong"


async def test_a_wrong_code_takes_the_same_steps_where_none_was_sent(bench: Bench) -> None:
    """So that its time does not show whether a number is a subscriber's."""
    await bench.send()
    rows: list[int] = []
    for who, call in ((1, "c1"), (1, "none"), (None, "none")):
        assert await bench.check("000000", call, who, "gateway") == "wrong"
        rows += await bench.store.read(
            lambda db: db.conn.execute("select count(*) from code_word_tries").fetchone()
        )
    assert rows == [1, 2, 3]
    assert bench.hasher.compared == 3


async def test_texts_in_all_are_limited_by_those_that_are_posted(bench: Bench) -> None:
    bench.limit_texts(1)
    assert await bench.send("c1", "", None) == "ok"
    assert await bench.send("c2", "") == "ok"
    assert await bench.send("c3", "") == "limit"
    assert await bench.send("c4", "", None) == "ok"
    assert len(await bench.store.read(outbox.recent, 9)) == 1
    bench.limit_texts(3)
    found = [await bench.send("c5", "") for _ in range(3)]
    assert found == ["ok", "ok", "limit"], "two in a call"
    bench.clock.at += timedelta(hours=1)
    assert await bench.send("c6", "") == "ok", "what was not sent does not count"
