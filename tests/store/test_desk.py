"""What the agents' desk keeps: who is signed in, who may what, notes, acts, looks, promises."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.store import agent_actions, agents, callbacks, colleague_notes, desk_sessions, views
from ari_app.store.agent_actions import AgentAction
from ari_app.store.agents import Agent
from ari_app.store.callbacks import Callback
from ari_app.store.colleague_notes import Note
from ari_app.store.db import Store
from ari_app.store.desk_sessions import Session
from ari_app.store.views import View
from ivr.secret import Secret
from tests.store.samples import NOON

HOUR = timedelta(hours=1)
SESSION = Session("hash", "anna", "csrf", NOON, NOON, NOON, NOON + HOUR)
ANNA = Agent("anna", "Анна", "701", ("ru",), "701", Secret("a"))
ACT = AgentAction(
    key="k1",
    at=NOON,
    agent="anna",
    subscriber=1,
    call="c1",
    card="card1",
    operation="pause",
    inputs={"days": "90"},
    reason="Уезжает",
    identity="code-word",
    before={"balance": "7,50 руб."},
)


async def test_a_session_is_found_until_it_expires(store: Store) -> None:
    await store.write(desk_sessions.add, SESSION)
    assert await store.read(desk_sessions.find, "hash", NOON) == SESSION
    assert await store.read(desk_sessions.find, "other", NOON) is None
    assert await store.read(desk_sessions.find, "hash", NOON + HOUR) is None
    assert await store.write(desk_sessions.touch, "hash", NOON + HOUR, NOON + 2 * HOUR)
    found = await store.read(desk_sessions.find, "hash", NOON + HOUR)
    assert found == replace(SESSION, seen=NOON + HOUR, expires=NOON + 2 * HOUR)
    assert not await store.write(desk_sessions.touch, "other", NOON, NOON)


async def test_a_session_that_is_rotated_has_one_cookie(store: Store) -> None:
    await store.write(desk_sessions.add, SESSION)
    assert await store.write(desk_sessions.rotate, "hash", "new", NOON + HOUR / 2)
    assert not await store.write(desk_sessions.rotate, "hash", "newer", NOON)
    assert await store.read(desk_sessions.find, "hash", NOON) is None
    found = await store.read(desk_sessions.find, "new", NOON)
    assert found == replace(SESSION, token_hash="new", rotated=NOON + HOUR / 2)


async def test_sessions_end(store: Store) -> None:
    for token, agent in (("a", "anna"), ("b", "anna"), ("c", "anna"), ("d", "boris")):
        await store.write(desk_sessions.add, replace(SESSION, token_hash=token, agent=agent))
    await store.write(desk_sessions.add, replace(SESSION, token_hash="e", expires=NOON))
    assert await store.write(desk_sessions.end, "a")
    assert not await store.write(desk_sessions.end, "a")
    assert await store.write(desk_sessions.remove_expired, NOON) == 1
    assert await store.write(desk_sessions.end_all, "anna") == 2
    assert await store.read(desk_sessions.find, "d", NOON) is not None


async def test_an_agent_gets_a_password_a_role_and_queues(store: Store) -> None:
    await store.write(agents.add, [ANNA, replace(ANNA, name="boris", extension="2", sip_user="2")])
    assert (ANNA.role, ANNA.password) == ("agent", "")
    assert await store.read(agents.by_name, "anna") == ANNA
    assert await store.write(agents.put_password, "anna", "$argon2id$")
    assert await store.write(agents.put_role, "anna", "supervisor")
    queues = {"support": 5, "claims": None}
    assert await store.write(agents.put_queues, "anna", queues)
    changed = replace(ANNA, password="$argon2id$", role="supervisor", queues=queues)
    assert await store.read(agents.by_name, "anna") == changed
    assert [one.role for one in await store.read(agents.everyone)] == ["agent", "supervisor"]
    assert not await store.write(agents.put_password, "nobody", "")
    assert not await store.write(agents.put_role, "nobody", "admin")
    assert await store.read(agents.by_name, "nobody") is None


async def test_a_note_is_kept_once_until_it_is_removed(store: Store) -> None:
    first = await store.write(colleague_notes.add, "k1", 1, "anna", "Говорит тихо", NOON)
    assert await store.write(colleague_notes.add, "k1", 1, "anna", "Ещё раз", NOON) == first
    newer = await store.write(colleague_notes.add, "k2", 1, "boris", "Ждёт мастера", NOON + HOUR)
    await store.write(colleague_notes.add, "k3", 2, "boris", "чужое", NOON)
    assert await store.read(colleague_notes.of_subscriber, 1) == [
        Note(newer, 1, NOON + HOUR, "boris", "Ждёт мастера"),
        Note(first, 1, NOON, "anna", "Говорит тихо"),
    ]
    assert await store.write(colleague_notes.remove, first)
    assert not await store.write(colleague_notes.remove, first)
    assert [one.id for one in await store.read(colleague_notes.of_subscriber, 1)] == [newer]


async def test_an_act_is_one_row_and_ends_once(store: Store) -> None:
    assert await store.write(agent_actions.begin, ACT) == ACT
    after = {"balance": "2,50 руб."}
    assert await store.write(agent_actions.finish, "k1", "done", after)
    assert not await store.write(agent_actions.finish, "k1", "failed")
    assert not await store.write(agent_actions.finish, "k9", "done")
    done = replace(ACT, outcome="done", after=after)
    again = replace(ACT, at=NOON + HOUR, reason="Другое")
    assert await store.write(agent_actions.begin, again) == done, "the same key is the same act"
    later = replace(ACT, key="k2", at=NOON + HOUR, subscriber=None, card="")
    assert await store.write(agent_actions.begin, later) == later
    assert await store.read(agent_actions.recent, subscriber=1) == [done]
    assert await store.read(agent_actions.of_card, "card1") == [done]
    assert await store.read(agent_actions.of_card, "") == [], "what came of no card is of no card"


async def test_who_looked_is_listed(store: Store) -> None:
    await store.write(views.add, "anna", 1, "card", NOON)
    await store.write(views.add, "boris", 1, "search", NOON + HOUR)
    await store.write(views.add, "anna", 2, "card", NOON)
    looks = [View(NOON + HOUR, "boris", 1, "search"), View(NOON, "anna", 1, "card")]
    assert await store.read(views.recent, subscriber=1) == looks
    assert await store.read(views.recent, 1) == looks[:1]
    assert [one.subscriber for one in await store.read(views.recent, agent="anna")] == [2, 1]
    assert await store.read(views.recent, subscriber=1, agent="anna") == looks[1:]


@pytest.mark.parametrize("number", ["375990000001", "+375 99 000-00-01"])
async def test_an_agent_promises_to_call(store: Store, number: str) -> None:
    await store.write(callbacks.request, "c1:1", "c1", "375990000001", 1, NOON)
    request = Callback(1, "c1", NOON, "375990000001", 1, "", "open", joined=NOON)
    assert await store.read(callbacks.open_of, number) == request
    assert await store.write(callbacks.promise, 1, "anna", NOON + HOUR, "о роутере")
    promised = replace(request, due=NOON + HOUR, agent="anna", note="о роутере")
    assert await store.read(callbacks.promised, "anna") == [promised]
    assert await store.read(callbacks.listed, False) == [promised]
    assert await store.write(callbacks.done, 1)
    assert not await store.write(callbacks.promise, 1, "boris", None)
    assert await store.read(callbacks.promised, "anna") == []
    assert await store.read(callbacks.open_of, number) is None
