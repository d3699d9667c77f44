"""Who asked for a call back keeps the place, is dialled once at a time, and gets it in the end."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import time, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from ari_app.callbacks.port import AttemptUnderWayError
from ari_app.store import callbacks, campaign_calls, campaigns
from ari_app.store.campaigns import Campaign
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.callbacks.model import NOON, POLICY, QUEUE, Model, TakenError
from tests.operators import BELARUS

RINGS = Campaign(name="one", texts={}, flow="news", created=NOON, by="me", last=24 * 60)

ANNA, BORIS, CLARA = (f"37599000000{digit}" for digit in "123")


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with closing(Database(sqlite3.connect(":memory:", isolation_level=None), BELARUS)) as one:
        MIGRATIONS.apply(one)
        yield one


def kept(db: Database) -> list[tuple[str, int, str, str]]:
    rows = callbacks.listed(db, True)
    return [(one.number, one.attempts, one.state, one.outcome) for one in rows]


async def test_who_asks_keeps_the_place(db: Database) -> None:
    it = Model(db)
    for number in (ANNA, BORIS, CLARA):
        it.calls(number)
        await it.looked()
    it.asks(1)
    await it.looked()
    assert [one.number for one in it.queue] == [ANNA, BORIS, CLARA]
    it.pbx_restarts()
    it.calls(CLARA)
    await it.looked()
    assert [one.number for one in it.queue] == [BORIS, CLARA]
    it.answers("ANSWER")
    await it.looked()
    [one] = callbacks.listed(db, False)
    assert (one.calling, one.attempts) == ("PJSIP/701", 1)
    it.ends()
    await it.looked()
    assert kept(db) == [(BORIS, 1, "done", "reached")]


async def test_who_does_not_answer_is_tried_again_and_then_no_more(db: Database) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    for attempt, outcome in enumerate(("BUSY", "NOANSWER", "DIALLED"), 1):
        await it.looked()
        it.answers(outcome)
        await it.looked()
        it.ends()
        await it.looked()
        assert not it.queue, "not at once again"
        assert kept(db)[0][1] == attempt
        it.now += POLICY.pause
    await it.looked()
    assert (kept(db), it.queue) == ([(ANNA, 3, "done", "not-reached")], [])
    assert it.kept == {}, "what is stored is kept nowhere else"


async def test_what_came_of_an_attempt_is_noted_after_a_restart_and_not_dialled_again(
    db: Database,
) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    await it.looked()
    it.answers("ANSWER", heard=False)
    it.restart()
    it.ends(heard=False)
    await it.looked()
    assert kept(db) == [(ANNA, 1, "done", "reached")]


async def test_who_calls_again_is_not_called_back(db: Database) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    await it.looked()
    it.in_menus.add(ANNA)
    await it.looked()
    assert not it.queue, "their phone is busy with us"
    it.in_menus.clear()
    it.calls(ANNA)
    await it.looked()
    assert len(it.queue) == 1
    it.answers("")
    await it.looked()
    assert (kept(db), it.dialled) == ([(ANNA, 0, "done", "called-in")], [])


async def test_who_is_rung_by_a_campaign_is_not_called_back_meanwhile(db: Database) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0)
    campaigns.add(db, RINGS, [ANNA])
    rung = campaign_calls.begin(db, it.now, ("news",), ())
    assert rung is not None
    await it.looked()
    assert not it.queue
    campaign_calls.settle(db, rung.attempt, "no-answer", it.now)
    await it.looked()
    assert len(it.queue) == 1


async def test_who_gave_up_is_called_when_a_person_says_so_and_not_once_they_call(
    db: Database,
) -> None:
    it = Model(db)
    wait = callbacks.Wait(QUEUE, "ru", 0, it.now)
    for number in (ANNA, BORIS):
        callbacks.note_abandoned(db, ("c1", number, None), it.now, "", wait, True)
    await it.looked()
    assert not it.queue
    callbacks.to_queue(db, 2, it.now)
    it.calls(ANNA)
    await it.looked()
    assert [one.number for one in it.queue] == [BORIS, ANNA]
    for _ in range(2):
        it.answers("ANSWER")
        await it.looked()
        it.ends()
        await it.looked()
    assert kept(db) == [(ANNA, 0, "done", "called-in"), (BORIS, 1, "done", "reached")]


async def test_a_number_without_a_way_is_left_to_people(db: Database) -> None:
    it = Model(db)
    it.known = False
    it.calls(ANNA)
    it.asks(0)
    await it.looked()
    assert kept(db) == [(ANNA, 0, "open", "no-way")]
    it.known = True
    it.now += timedelta(minutes=2)
    await it.looked()
    assert (kept(db), len(it.queue)) == ([(ANNA, 0, "open", "")], 1)
    [one] = callbacks.listed(db, False)
    callbacks.promise(db, one.id, "olga", None)
    await it.looked()
    assert not it.queue, "it is an agent's now"


async def test_a_ticket_for_later_takes_its_place_then_and_an_old_one_is_left_to_people(
    db: Database,
) -> None:
    it = Model(db)
    it.calls(ANNA)
    it.asks(0, timedelta(hours=1))
    await it.looked()
    assert not it.queue
    it.now += timedelta(hours=1)
    await it.looked()
    assert len(it.queue) == 1
    it.now += POLICY.keep
    await it.looked()
    assert (kept(db), it.queue) == ([(ANNA, 0, "open", "expired")], [])


async def test_a_call_by_hand_ends_the_stand_in_before_the_agent_dials(db: Database) -> None:
    it = Model(db)
    for number in (ANNA, BORIS):
        it.calls(number)
        it.asks(0)
    await it.looked()
    assert len(it.queue) == 2
    one, other = callbacks.listed(db, False)
    await it.dialler.by_hand(one.id, it.claiming(one.id, "olga"))
    assert [each.number for each in it.queue] == [BORIS]
    await it.looked()
    assert [each.number for each in it.queue] == [BORIS]
    it.answers("DIALLED")
    with pytest.raises(AttemptUnderWayError):
        await it.dialler.by_hand(other.id, it.claiming(other.id, "olga"))
    await it.looked()
    with pytest.raises(AttemptUnderWayError):  # it is in the store as well by now
        await it.dialler.by_hand(other.id, it.claiming(other.id, "olga"))
    assert [each.agent for each in callbacks.listed(db, False)] == ["olga", ""]


async def test_in_quiet_hours_no_one_is_called_and_the_place_is_kept(db: Database) -> None:
    it = Model(db)
    it.dialler._policy = replace(POLICY, hours=(time(9), time(20)), zone="Europe/Minsk")
    it.calls(ANNA)
    it.asks(0)
    it.now = NOON.replace(hour=16, minute=59)  # 19:59 there
    await it.looked()
    assert [one.number for one in it.queue] == [ANNA]
    it.now = NOON.replace(hour=17)
    await it.looked()
    assert not it.queue
    it.now = NOON.replace(hour=6) + timedelta(days=1)
    it.calls(BORIS)
    await it.looked()
    assert [one.number for one in it.queue] == [ANNA, BORIS]


def test_the_agent_who_claims_a_call_dials(db: Database) -> None:
    db.conn.execute("delete from callbacks")
    callbacks.request(db, "k", "c", ANNA, None, NOON)
    [one] = callbacks.listed(db, False)
    assert callbacks.by_hand(db, one.id, "olga", NOON)
    assert callbacks.by_hand(db, one.id, "olga", NOON), "the same agent may try again"
    for at in (NOON, NOON + callbacks.BY_HAND - timedelta(seconds=1)):
        assert not callbacks.by_hand(db, one.id, "pavel", at)
        assert not callbacks.claim(db, one.id, "pavel", None, at)
    assert callbacks.claim(db, one.id, "pavel", None, NOON + callbacks.BY_HAND)
    callbacks.done(db, one.id)
    assert not callbacks.by_hand(db, one.id, "pavel", NOON)


async def taken(it: Model, id: int, agent: str) -> bool:
    """Whether an agent who takes a call at the desk may dial; it cannot be answered then."""
    try:
        await it.dialler.by_hand(id, it.claiming(id, agent))
    except (AttemptUnderWayError, TakenError):
        return False
    assert not [each for each in it.queue if each.number == ANNA]
    return True


async def answered(it: Model, chance: Random) -> None:
    """Somewhere in between an agent answers the first of the queue."""
    for _ in range(chance.randrange(12)):
        await asyncio.sleep(0)
    it.answers("DIALLED")


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_order_of_steps_only_one_dials(db: Database, seed: int) -> None:
    """Two agents take a call at the desk while the dialler looks, and the queue offers it."""
    chance, ways = Random(seed), Counter[str]()
    for _ in range(60):
        it = Model(db, chance)
        it.calls(ANNA)
        it.asks(0)
        await it.looked(chance.randrange(3))
        [one] = callbacks.listed(db, False)
        takes = [taken(it, one.id, agent) for agent in ("olga", "pavel")]
        asked = await asyncio.gather(it.dialler.look(), answered(it, chance), *takes)
        by_hand = [done for done in asked[2:] if done]
        await it.looked()
        it.answers("DIALLED")
        assert len(by_hand) + len(it.dialled) <= 1
        ways["by hand" if by_hand else "stand-in" if it.dialled else "none"] += 1
    assert ways["by hand"]
    assert ways["stand-in"]


STATUS = ("ANSWER", "BUSY", "NOANSWER", "CHANUNAVAIL", "DIALLED")
WEIGHTS = {
    "calls": 8, "asks": 4, "hangs_up": 1, "answers": 4, "ends": 4, "passes": 3, "takes": 0.3,
    "restart": 0.5, "pbx_restarts": 0.3,
}  # fmt: skip


def happens(it: Model, chance: Random) -> str:
    """Something, by chance; returns what."""
    [what] = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
    match what:
        case "calls":
            it.calls(f"37599000000{chance.randrange(8)}", chance.choice((0, 0, 0, 5)))
        case "asks" | "hangs_up":
            getattr(it, what)(chance.randrange(8))
        case "answers":
            it.answers(chance.choice(STATUS), heard=chance.random() < 0.8)
        case "ends":
            it.ends(heard=chance.random() < 0.8)
        case "passes":
            it.now += timedelta(seconds=chance.randrange(900))
        case "takes":
            if there := callbacks.listed(it.store.db, False):
                callbacks.done(it.store.db, chance.choice(there).id)
        case _:
            getattr(it, what)()
    return what


@pytest.mark.parametrize("seed", range(3))
async def test_in_any_history_no_one_is_dialled_twice_overtaken_or_forgotten(
    db: Database, seed: int
) -> None:
    chance, seen = Random(seed), Counter[str]()
    for _ in range(25):
        it = Model(db)
        for _ in range(60):
            seen[happens(it, chance)] += 1
            await it.looked(chance.randrange(1, 3))
        for _ in range(200):  # then one agent serves all who are there
            if not it.queue and not callbacks.listed(db, False):
                break
            it.ends()
            await it.looked()
            it.answers("ANSWER")
            it.now += timedelta(minutes=1)
        assert not it.queue
        assert not callbacks.listed(db, False), "somebody starves"
        it.ends()
        it.now += timedelta(minutes=2)
        await it.looked()
        assert it.kept == {}, "what is stored is kept nowhere else"
    assert len(seen) == len(WEIGHTS)
