"""Code words in the store: what a try brings, what it costs, and that the word is nowhere."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.fulfilment.guess_limit import GuessLimit
from ari_app.selfcare.code_word_port import CodeWordsUnavailable
from ari_app.selfcare.hashing import CHEAP, Hasher, HashingBusy, Profile
from ari_app.selfcare.request_port import Asker
from ari_app.store import code_words, subscribers
from ari_app.store.db import Store
from ivr.secret import Secret
from tests.operators import BELARUS, BRANDS
from tests.store.samples import NOON, subscriber

NUMBER = "375990000001"
ASKER = Asker("c1", NUMBER, 1)
WORD, KEYS, WRONG = Secret("Липень"), Secret("445359"), Secret("5266")
PEPPER = Secret("pepper")


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    hasher = Hasher(PEPPER, CHEAP)
    yield hasher
    hasher.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await store.write(subscribers.add, [subscriber(), subscriber(2, "375990000002")])
    yield store
    await store.close()


@pytest.fixture
async def words(store: Store, hasher: Hasher, clock: Clock) -> StoredCodeWords:
    words = StoredCodeWords(store, hasher, clock, BRANDS)
    assert await words.put(subscriber(), WORD, "anna", NOON) == ()
    return words


async def test_guesses_over_one_way_are_limited_whatever_numbers_they_come_from(
    store: Store, hasher: Hasher, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway says which number calls, so each number has new tries there."""
    words = StoredCodeWords(store, hasher, clock, BRANDS, GuessLimit(5))
    await words.put(subscriber(), WORD, "anna", NOON)

    async def guessed(n: int, word: Secret, way: str) -> str:
        asker = replace(ASKER, call=f"c{n}", number=f"37529{n:07}", subscriber=None, way=way)
        return await words.prove(asker, word, f"c{n}:{way}")

    assert [await guessed(n, WRONG, "PJSIP/t") for n in range(7)] == ["wrong"] * 5 + ["locked"] * 2
    right = replace(ASKER, call="c9", way="PJSIP/t")
    assert await words.prove(right, KEYS, "c9:1") == "locked", "there, for now"
    assert await words.prove(replace(right, way=""), KEYS, "c9:2") == "ok"
    assert await guessed(9, WRONG, "the USSD gateway") == "wrong"
    words = StoredCodeWords(store, hasher, clock, BRANDS, GuessLimit(5))
    assert await words.prove(right, KEYS, "c9:4") == "locked", "after a restart, too"
    clock.at += timedelta(hours=1)
    assert await words.prove(right, KEYS, "c9:3") == "ok"
    assert [await guessed(n, WRONG, "PJSIP/t") for n in range(20, 26)][-2:] == ["wrong", "locked"]
    lines = [one.getMessage() for one in caplog.records]
    assert "code word wrong: call c0 from …0000 over PJSIP/t" in lines
    assert sum("somebody may be guessing" in line for line in lines) == 3
    for secret in (WRONG, KEYS, WORD):
        assert secret.reveal() not in caplog.text


async def tried(words: StoredCodeWords, word: Secret, times: int, start: int = 0) -> list[bool]:
    """Whether each attempt, in a call of its own, is right."""
    found = []
    for n in range(start, start + times):
        asker = replace(ASKER, call=f"c{n}")
        found.append(await words.prove(asker, word, f"c1:{n}") == "ok")
    return found


async def outcomes(store: Store, subscriber: int = 1) -> list[str]:
    found = await store.read(code_words.entries, subscriber, 99)
    return [one.outcome for one in reversed(found)]


async def test_the_keys_of_the_word_prove(words: StoredCodeWords, store: Store) -> None:
    assert await tried(words, KEYS, 1) == [True]
    assert await tried(words, WRONG, 1, 1) == [False]
    assert await outcomes(store) == ["set", "ok", "wrong"]
    last = (await store.read(code_words.entries, 1, 1))[0]
    assert (last.number, last.call, last.agent) == (NUMBER, "c1", "")


async def test_a_locked_word_is_as_a_wrong_one(
    words: StoredCodeWords, store: Store, clock: Clock
) -> None:
    assert await tried(words, WRONG, 3) == [False] * 3
    assert await tried(words, KEYS, 1, 3) == [False]
    assert (await outcomes(store))[-1] == "locked"
    clock.at += timedelta(minutes=5)
    assert await tried(words, KEYS, 1, 4) == [True]
    assert await tried(words, WRONG, 2, 5) == [False] * 2
    assert await tried(words, KEYS, 1, 7) == [True], "a right word forgives"


async def test_a_lock_outlives_a_restart(
    words: StoredCodeWords, tmp_path: Path, hasher: Hasher, clock: Clock
) -> None:
    await tried(words, WRONG, 3)
    again = await Store.open(tmp_path / "firstline.db", BELARUS)
    try:
        assert await tried(StoredCodeWords(again, hasher, clock, BRANDS), KEYS, 1, 3) == [False]
    finally:
        await again.close()


async def test_many_calls_at_once_buy_no_more_guesses(words: StoredCodeWords, store: Store) -> None:
    await asyncio.gather(*(words.prove(ASKER, WRONG, f"c{n}:1") for n in range(12)))
    assert (await outcomes(store)).count("wrong") == 3


async def test_a_number_is_locked_for_all_words(words: StoredCodeWords, store: Store) -> None:
    for n in range(6):
        await words.prove(Asker(f"c2-{n}", NUMBER, None), WRONG, f"c2:{n}")
    assert await tried(words, KEYS, 1) == [False]
    other = Asker("c3", "375170000000", 1)
    assert await words.prove(other, KEYS, "c3:1") == "ok", "from elsewhere it can be tried"
    assert (await outcomes(store))[-2:] == ["locked", "ok"]


async def test_a_call_has_three_tries_at_all_words_together(words: StoredCodeWords) -> None:
    for n, who in enumerate((None, 2, 99)):
        assert await words.prove(Asker("c5", "", who), WRONG, f"c5:{n}") == "wrong"
    assert await words.prove(Asker("c5", "", 1), KEYS, "c5:9") == "locked"
    assert await words.prove(Asker("c6", "", 1), KEYS, "c6:0") == "ok", "the next call has its own"


async def test_tries_at_a_number_in_use_and_at_another_lock_alike(words: StoredCodeWords) -> None:
    async def tries(number: str, subscriber: int | None) -> list[str]:
        return [
            await words.prove_number(
                Asker(f"{number} {n}", "", subscriber), number, WRONG, f"{number}:{n}"
            )
            for n in range(5)
        ]

    in_use = await tries(NUMBER, 1)
    assert in_use == ["wrong", "wrong", "wrong", "locked", "locked"]
    assert await tries("375170000000", None) == in_use
    assert await tries("375170000001", None) == in_use, "each number has its own tries"


async def test_a_pin_proves_beside_the_word(words: StoredCodeWords, store: Store) -> None:
    pin = Secret("73914")
    assert await words.prove(ASKER, pin, "c1:0") == "wrong"
    assert await words.set_pin(ASKER, Secret("1234")) == "weak"
    assert await words.set_pin(ASKER, pin) == "ok"
    assert await tried(words, pin, 1, 10) == [True]
    assert await tried(words, KEYS, 1, 11) == [True], "the word is right as before"
    assert await words.verify_spoken(1, pin, "anna", NOON) == "match"
    assert await words.change(ASKER, pin, Secret("92562"), "c1:4") == "ok"
    assert await tried(words, pin, 1, 12) == [True], "a new word keeps the PIN"
    kept = await store.read(code_words.of, 1)
    assert kept is not None
    assert pin.reveal() not in f"{kept}"


async def test_a_try_that_was_cut_off_counts(words: StoredCodeWords, store: Store) -> None:
    trial = code_words.Attempt(subscriber=1, number=NUMBER, key="c1:0")
    await store.write(code_words.start, trial, NOON)
    assert await words.prove(ASKER, KEYS, "c1:0") == "wrong", "the same key is the same try"
    assert (await store.read(code_words.strikes, 1, NOON)).wrongs == 1


async def test_the_same_key_is_one_try(words: StoredCodeWords, store: Store) -> None:
    for _ in range(5):
        assert await words.prove(ASKER, WRONG, "c1:1") == "wrong"
    assert (await outcomes(store)).count("wrong") == 1


async def test_an_operator_unlocks_with_a_reason(words: StoredCodeWords, store: Store) -> None:
    await tried(words, WRONG, 3)
    assert await store.read(code_words.locked_out_until, 1, NOON) == NOON + timedelta(minutes=5)
    await words.unlock(1, "anna", "showed a passport", NOON)
    assert await tried(words, KEYS, 1, 3) == [True]
    entry = (await store.read(code_words.entries, 1, 2))[1]
    assert (entry.agent, entry.why) == ("anna", "showed a passport")


async def test_strangers_and_the_wordless_are_refused_alike(words: StoredCodeWords) -> None:
    for who in (None, 2, 99):
        assert await words.prove(Asker("c4", "375170000000", who), KEYS, f"c4:{who}") == "wrong"


async def test_agents_hear_what_is_said(words: StoredCodeWords, store: Store) -> None:
    assert await words.verify_spoken(1, Secret(" ЛИПЕНЬ "), "anna", NOON) == "match"
    assert await words.verify_spoken(1, Secret("445359"), "anna", NOON) == "no match"
    for _ in range(2):
        assert await words.verify_spoken(1, Secret("ґ"), "anna", NOON) == "no match"
    assert await words.verify_spoken(1, WORD, "anna", NOON) == "locked"
    assert {one.agent for one in await store.read(code_words.entries, 1, 9)} == {"anna"}


async def test_a_word_is_changed_by_its_keys(words: StoredCodeWords) -> None:
    assert await words.change(ASKER, WRONG, Secret("74837"), "c1:1") == "wrong"
    assert await words.change(ASKER, KEYS, Secret("1234"), "c1:2") == "weak"
    for _ in range(2):
        assert await words.change(ASKER, KEYS, Secret("74837"), "c1:3") == "ok"
    assert await words.prove(ASKER, Secret("74837"), "c1:4") == "ok"
    assert await words.verify_spoken(1, WORD, "anna", NOON) == "no match"
    assert await words.verify_spoken(1, Secret("River"), "anna", NOON) == "match"
    assert await words.verify_spoken(1, Secret("7 48-37"), "anna", NOON) == "match"


async def test_a_weak_word_is_not_set(words: StoredCodeWords) -> None:
    [why] = await words.put(subscriber(), Secret("глеб"), "anna", NOON)
    assert "subscriber's name" in why
    assert await tried(words, KEYS, 1) == [True]


@pytest.mark.usefixtures("words")
async def test_hashes_grow_when_the_word_is_right(store: Store, clock: Clock) -> None:
    dearer = Hasher(PEPPER, Profile(16, 1))
    grown = StoredCodeWords(store, dearer, clock, BRANDS)
    assert await tried(grown, KEYS, 1) == [True]
    kept = await store.read(code_words.of, 1)
    assert kept is not None
    assert "m=16," in kept.keyed
    assert "m=8," in kept.spoken
    assert await tried(grown, KEYS, 1, 1) == [True]
    dearer.close()


async def test_without_the_pepper_the_database_proves_nothing(
    words: StoredCodeWords, store: Store, clock: Clock
) -> None:
    other = Hasher(Secret("another"), CHEAP)
    assert await tried(StoredCodeWords(store, other, clock, BRANDS), KEYS, 1) == [False]
    assert await tried(words, KEYS, 1, 1) == [True]
    other.close()


async def test_the_same_word_has_another_hash_each_time(hasher: Hasher) -> None:
    hashes = [*await hasher.hashes(KEYS), *await hasher.hashes(KEYS)]
    assert len(set(hashes)) == 4
    assert all(one.startswith("$argon2id$") for one in hashes)


@pytest.mark.usefixtures("words")
async def test_when_too_many_wait_it_is_unavailable_and_costs_nothing(
    store: Store, clock: Clock
) -> None:
    full = Hasher(PEPPER, CHEAP, waiting=-2)
    with pytest.raises(HashingBusy):
        await full.hashes(WORD)
    with pytest.raises(CodeWordsUnavailable, match="too many"):
        await StoredCodeWords(store, full, clock, BRANDS).prove(ASKER, WRONG, "c1:1")
    assert (await outcomes(store))[-1] == "failed"
    assert (await store.read(code_words.strikes, 1, NOON)).wrongs == 0
    full.close()


async def test_a_closed_store_is_unavailable(words: StoredCodeWords, store: Store) -> None:
    await store.close()
    with pytest.raises(CodeWordsUnavailable, match="closed"):
        await words.prove(ASKER, KEYS, "c1:1")


@pytest.mark.parametrize(
    "sql",
    [
        "delete from code_word_tries",
        "update code_word_tries set outcome = 'ok'",
        "update code_word_tries set agent = 'boris'",
        "update code_word_tries set number = '1'",
    ],
)
async def test_the_audit_cannot_be_changed(words: StoredCodeWords, store: Store, sql: str) -> None:
    await tried(words, WRONG, 1)
    with pytest.raises(sqlite3.IntegrityError):
        await store.write(lambda db: db.conn.execute(sql))
    await store.write(lambda db: db.conn.execute("update code_word_tries set number = ''"))


async def test_the_word_is_nowhere(
    words: StoredCodeWords, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await tried(words, KEYS, 1)
    await words.verify_spoken(1, WORD, "anna", NOON)
    await words.change(ASKER, KEYS, Secret("74837"), "c1:9")
    kept = await store.read(code_words.of, 1)
    notified = [caplog.text, repr(kept), repr(await store.read(code_words.entries, 1, 99))]
    notified += [repr(words), repr(vars(words)), repr((WORD, KEYS))]
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    for secret in ("Липень", "липень", "445359", "74837"):
        assert not any(secret in one for one in notified)
        assert secret.encode() not in files
