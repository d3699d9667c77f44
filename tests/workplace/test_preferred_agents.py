"""The agent to whom a subscriber comes first because a person chose so, in a real store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.desk.ports import DeskUnavailable
from ari_app.main.build_placing import history_of
from ari_app.store import agents, changes, erasure, history, preferred_agents, subscribers
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.history import Contact
from ari_app.workplace.caller_profile import subscriber_of
from ari_app.workplace.notes_and_tickets import StoredNotesAndTickets
from ivr.secret import Secret
from tests.operators import BELARUS, DEMO_TICKETS
from tests.store.samples import subscriber
from tests.workplace.test_cards import AT, card

DAY = timedelta(days=1)
BORIS = Agent("boris", "Boris", "702", ("ru",), "702", Secret("b"))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await Store.open(tmp_path / "firstline.db", BELARUS)
    await one.write(subscribers.add, [subscriber()])
    await one.write(agents.add, [BORIS])
    helped = Contact(1, AT - DAY, "call", "money", "?", "!", "anna", True)
    await one.write(history.add, [helped])
    yield one
    await one.close()


@pytest.fixture
def notes(store: Store) -> StoredNotesAndTickets:
    return StoredNotesAndTickets(store, DEMO_TICKETS, lambda: AT)


async def first(store: Store, days: float = 0, kept: timedelta = 30 * DAY) -> str:
    """The agent whom the subscriber comes to first."""
    return (await store.read(history_of, 1, AT + days * DAY, kept)).agent


async def test_the_chosen_agent_comes_before_who_helped_last_until_the_day(
    store: Store, notes: StoredNotesAndTickets
) -> None:
    assert await first(store) == "anna"
    await notes.prefer_agent(card(), "boris", AT + 14 * DAY)
    assert [await first(store, days) for days in (0, 13.9, 14)] == ["boris", "boris", "anna"]
    assert await first(store, kept=0 * DAY) == "", "where no caller waits for an agent"
    shown = await store.read(subscriber_of, 1, AT, "UTC")
    assert shown is not None
    assert (shown.goes_to, shown.goes_until) == ("boris", AT + 14 * DAY)
    await notes.prefer_agent(card(), "", None)
    assert await first(store) == "anna"


async def test_who_chose_is_recorded(store: Store, notes: StoredNotesAndTickets) -> None:
    await notes.prefer_agent(card(), "", None)
    assert await store.read(changes.recent, 9) == [], "no agent was chosen before"
    await notes.prefer_agent(card(), "boris", AT + DAY)
    [made] = await store.read(changes.recent, 9)
    assert (made.who, made.what, made.detail) == ("anna", "subscribers goes-to", "boris")
    assert "375990000001" not in made.subject


async def test_it_needs_an_agent_and_a_subscriber(
    store: Store, notes: StoredNotesAndTickets
) -> None:
    stranger = replace(card(), arrival=replace(card().arrival, subscriber=None))
    for who, agent in ((card(), "nobody"), (stranger, "boris")):
        with pytest.raises(DeskUnavailable):
            await notes.prefer_agent(who, agent, AT + DAY)
    assert await first(store) == "anna"


async def test_who_is_forgotten_goes_to_no_one(store: Store, notes: StoredNotesAndTickets) -> None:
    await notes.prefer_agent(card(), "boris", AT + DAY)
    person = await store.read(erasure.find, "375990000001")
    assert person is not None
    await store.write(erasure.erase, person, AT)
    assert await store.read(preferred_agents.of_subscriber, 1, AT) is None
