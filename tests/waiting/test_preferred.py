"""An agent is kept for a caller, for a limited time."""

import asyncio
from datetime import UTC, datetime
from functools import reduce

import pytest
from msgspec.structs import replace

from ari_app.waiting import preferred as module
from ari_app.waiting.preferred import KEPT, Preferred
from ivr.acd.board import Board, Caller, Member
from ivr.acd.queues import CallerLeft, Connected, Event, MemberStatus, apply_event
from tests.ari.facts import until
from tests.deadlines import turns

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OLGA, ANNA = (Member(interface=f"PJSIP/{name}", name="", penalty=2) for name in ("701", "702"))
ME = Caller("me", "", "", "", NOON)


class World:
    """A queue with two agents, and what is asked of Asterisk."""

    def __init__(self, patience: int = 60) -> None:
        self.set: list[tuple[str, int]] = []
        self.reloads = 0
        self.broken = False
        self.preferred = Preferred(patience, self.penalty, self.reload, asyncio.create_task)
        self.board = reduce(
            apply_event, [MemberStatus("support", OLGA), MemberStatus("support", ANNA)], Board()
        )

    async def penalty(self, queue: str, interface: str, penalty: int) -> None:
        assert queue == "support"
        if self.broken:
            raise OSError("AMI is not connected")
        self.set.append((interface, penalty))

    async def reload(self) -> None:
        self.reloads += 1

    async def keep(self, agent: Member, channel: str = "me") -> int:
        return await self.preferred.keep(self.board, "support", agent.interface, channel)


async def test_an_agent_has_a_penalty_that_no_one_else_has() -> None:
    world = World()
    assert await world.keep(OLGA) == KEPT
    assert await world.keep(OLGA, "another") == KEPT
    assert await world.keep(ANNA, "third") == KEPT + 1
    assert world.set == [(OLGA.interface, KEPT), (ANNA.interface, KEPT + 1)]


@pytest.mark.parametrize(
    "event", [Connected("support", OLGA.interface, ME, NOON), CallerLeft("support", "me")]
)
async def test_the_usual_penalty_comes_back_with_the_end_of_the_wait(event: Event) -> None:
    world = World()
    await world.keep(OLGA)
    await world.keep(OLGA, "another")
    world.preferred.take(world.board, event)
    await turns()
    assert len(world.set) == 1  # the other one waits still
    world.preferred.take(world.board, CallerLeft("support", "another"))
    await until(lambda: world.set[1:] == [(OLGA.interface, 2)])


async def test_and_with_the_end_of_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGER", -0.99)
    world = World(patience=1)
    await world.keep(OLGA)
    await until(lambda: world.set[1:] == [(OLGA.interface, 2)])


async def test_no_one_is_kept_who_is_away_or_who_cannot_be() -> None:
    world = World()
    for away in (replace(OLGA, paused=True), replace(OLGA, state="unavailable")):
        world.board = apply_event(world.board, MemberStatus("support", away))
        assert await world.keep(OLGA) == 0
    assert await world.keep(replace(OLGA, interface="")) == 0
    assert await World(patience=0).keep(ANNA) == 0
    world.broken = True
    with pytest.raises(OSError, match="not connected"):
        await world.keep(ANNA)
    world.broken = False
    assert await world.keep(ANNA) == KEPT
    assert world.set == [(ANNA.interface, KEPT)]


async def test_what_an_application_before_left_is_cleared() -> None:
    world = World()
    await world.preferred.clear(world.board)
    assert world.reloads == 0
    world.board = apply_event(world.board, MemberStatus("support", replace(OLGA, penalty=KEPT)))
    await world.preferred.clear(world.board)
    assert world.reloads == 1
