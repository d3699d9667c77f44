"""A desk without an exchange and without a disk: its ports in memory."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from ari_app.desk import messages as m
from ari_app.desk.agent_commands import AgentCommands
from ari_app.desk.cards import Card, Desks
from ari_app.desk.desk import Desk
from ari_app.desk.hub import Hub, Tab
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ivr.acd.queues import Board, Caller, Member, Offer, Queue, Talk
from tests.desk.memory import (
    NOW,
    PHONES,
    Actions,
    AgentState,
    Facts,
    Memory,
    NotesAndTickets,
    Phones,
)
from tests.operators import BELARUS

__all__ = ["NOW", "PHONES", "House", "Memory", "Seat", "board", "caller", "only"]

WRAPUPS = {"support": 10}


def caller(call: str = "1.1", number: str = "375990000001", name: str = "") -> Caller:
    return Caller(call, f"PJSIP/{number}-0001", number, name, NOW)


def board(
    *,
    waiting: Sequence[Caller] = (),
    rings: Mapping[str, Caller] | None = None,
    speaks: Mapping[str, Caller] | None = None,
    **member: Any,
) -> Board:
    """A queue of Anna and Boris, the phones that ring and those that are spoken into."""
    members = {at: Member(interface=at, name=name, **member) for name, at in PHONES.items()}
    offers = tuple(Offer("support", at, who, NOW) for at, who in (rings or {}).items())
    talks = tuple(Talk("support", at, who, NOW, f"{at}-1") for at, who in (speaks or {}).items())
    return Board({"support": Queue(members, tuple(waiting))}, offers, talks)


class House:
    """A desk, and what it stands on."""

    def __init__(self, cards: Memory | None = None) -> None:
        self.now = NOW
        self.keep = cards or Memory()
        self.facts = Facts()
        self.floor = AgentState()
        self.deeds = Actions()
        self.clerk = NotesAndTickets()
        self.hub = Hub()
        self._tasks: set[asyncio.Task[None]] = set()
        phones = Phones()
        ports = Ports(self.keep, self.facts, self.floor, self.deeds, self.clerk, phones)
        self.desks = Desks(self.keep, self.facts, phones, lambda: self.now, self.begin)
        render = Render("Europe/Minsk", WRAPUPS, BELARUS)
        self.desk = Desk(self.desks, self.hub, ports, render, lambda: self.now, self.begin, WRAPUPS)

    def begin(self, deed: Coroutine[Any, Any, None]) -> object:
        task = asyncio.create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self) -> None:
        """Everything that was begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def tells(self, now: Board) -> None:
        """The exchange tells this board."""
        self.desk.update(now, True)

    def card(self, agent: str) -> Card:
        """The one card of an agent."""
        [card] = self.desks.of(agent)
        return card


class Seat:
    """An agent at a tab of his browser."""

    def __init__(
        self, house: House, agent: str, language: str = "en", mentor: bool = False
    ) -> None:
        self.house = house
        self.tab = Tab(agent, language, mentor)
        self._hearing = AgentCommands(house.desk, self.tab)

    async def says(self, said: m.Said) -> None:
        await self._hearing.hear(said)

    def told(self) -> list[m.Told]:
        """All that was told to the tab since it was asked last."""
        found = []
        while not self.tab.out.empty():
            message = self.tab.out.get_nowait()
            assert message is not None
            found.append(message)
        return found


def only(messages: Sequence[m.Told], kind: type[Any]) -> list[Any]:
    return [one for one in messages if isinstance(one, kind)]
