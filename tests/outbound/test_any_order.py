"""A campaign that calls is heard once at most, over any order of answers, faults and refusals."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from ari_app.store import campaign_calls, campaigns
from ari_app.store.campaign_calls import Attempt, Outcome
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.operators import BELARUS
from tests.outbound.test_calls import NOON, NUMBERS, ONE


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with closing(Database(sqlite3.connect(":memory:", isolation_level=None), BELARUS)) as one:
        MIGRATIONS.apply(one)
        yield one


@given(st.integers(0, 2**32), st.integers(1, 3))
def test_no_one_hears_it_twice_whatever_happens(db: Database, seed: int, tries: int) -> None:
    """Over any order of answers, faults, refusals and restarts."""
    random, now = Random(seed), NOON
    db.conn.execute("begin")
    try:
        campaigns.add(db, replace(ONE, tries=tries, pause=1), NUMBERS)
        ringing: list[Attempt] = []
        heard, rung, refused = Counter[str](), Counter[str](), set[str]()
        for _ in range(60):
            now += timedelta(seconds=random.randrange(120))
            match random.randrange(4):
                case 0:
                    ringing += [one.attempt for one in _begun(db, now, rung, refused)]
                case 1:
                    _settled(db, random, ringing, now, heard)
                case 2:
                    _refused(db, random, refused, now)
                case 3:
                    campaign_calls.give_up(db, [one.key for one in ringing[1:]], now)
        assert all(count == 1 for count in heard.values())
        assert all(count <= tries for count in rung.values())
        counts = campaigns.reach(db, 1)
        assert sum(json.decode(json.encode(counts)).values()) == len(NUMBERS)
        assert counts.answered == len(heard)
    finally:
        db.conn.execute("rollback")


def _begun(
    db: Database, now: datetime, rung: Counter[str], refused: set[str]
) -> list[campaign_calls.Begun]:
    found = [campaign_calls.begin(db, now, (ONE.flow,), ()) for _ in range(2)]
    begun = [one for one in found if one is not None]
    numbers = [one.attempt.number for one in begun]
    rung.update(numbers)
    assert not refused & set(numbers)
    return begun


def _settled(
    db: Database, random: Random, ringing: list[Attempt], now: datetime, heard: Counter[str]
) -> None:
    outcomes: list[Outcome] = ["answered", "machine", "busy", "no-answer", "failed"]
    for one in random.sample(ringing, min(1, len(ringing))):
        outcome = random.choice(outcomes)
        if campaign_calls.settle(db, one, outcome, now) and outcome == "answered":
            heard[one.number] += 1
        if random.random() < 0.7:  # else the event comes twice
            ringing.remove(one)


def _refused(db: Database, random: Random, refused: set[str], now: datetime) -> None:
    if random.random() < 0.2:
        number = random.choice(NUMBERS)
        campaigns.stop(db, number, "text", now)
        refused.add(number)
