"""A desk without Asterisk and without a disk: its ports are fakes in memory."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from ari_app.desk import messages as m
from ari_app.desk.cards.card import Card
from ari_app.desk.desk import Desk
from ari_app.desk.ports import Ports
from ari_app.desk.site import DeskSite
from ari_app.desk.web.tabs import Tab
from ivr.acd.queues import Board, Caller, Member, Offer, Queue, Talk
from tests.desk.fake_board import FakeBoard
from tests.desk.fake_conversations import FakeConversations, FakeKnowledge
from tests.desk.fake_phones import FakeBrowserPhones, FakePhones
from tests.desk.fake_planning import FakePlanning
from tests.desk.fake_quality import FakeQuality
from tests.desk.fake_reports import FakeReports
from tests.desk.fake_tickets import FakeTickets
from tests.desk.fakes import (
    NOW,
    PHONES,
    FakeCardStore,
    FakeOperations,
    FakeProfiles,
    FakeQueueControl,
)
from tests.operators import BELARUS, DEMO_TICKETS

WRAPUPS = {"support": 10}


def caller(call: str = "1.1", number: str = "375990000001", name: str = "") -> Caller:
    return Caller(call, f"PJSIP/{number}-0001", number, name, NOW)


def board(
    *,
    waiting: Sequence[Caller] = (),
    ringing: Mapping[str, Caller] | None = None,
    talking: Mapping[str, Caller] | None = None,
    **member: Any,
) -> Board:
    """A queue with Anna and Boris; phones that ring for a caller, and that talk with one."""
    members = {at: Member(interface=at, name=name, **member) for name, at in PHONES.items()}
    offers = tuple(Offer("support", at, who, NOW) for at, who in (ringing or {}).items())
    talks = tuple(Talk("support", at, who, NOW, f"{at}-1") for at, who in (talking or {}).items())
    return Board({"support": Queue(members, tuple(waiting))}, offers, talks)


class DeskHarness:
    """A desk with its fakes; ``now`` is its clock."""

    def __init__(self, store: FakeCardStore | None = None, site: DeskSite | None = None) -> None:
        self.now = NOW
        self.store = store or FakeCardStore()
        self.profiles = FakeProfiles()
        self.queue_control = FakeQueueControl()
        self.operations = FakeOperations()
        self.tickets = FakeTickets()
        self.browser_phones = FakeBrowserPhones()
        self.conversations = FakeConversations()
        self.knowledge = FakeKnowledge()
        self.tasks = self.profiles.own
        self.board = FakeBoard()
        self.reports = FakeReports()
        self.planning = FakePlanning()
        self.quality = FakeQuality()
        self._tasks: set[asyncio.Task[None]] = set()
        ports = Ports(
            self.store,
            self.profiles,
            self.queue_control,
            self.operations,
            self.tickets,
            FakePhones(),
            self.browser_phones,
            self.conversations,
            self.knowledge,
            self.tasks,
            self.board,
            self.reports,
            self.planning,
            self.quality,
        )
        site = site or DeskSite(
            languages=("ru", "be", "en"),
            zone="Europe/Minsk",
            wrapups=WRAPUPS,
            numbers=BELARUS,
            tickets=DEMO_TICKETS,
            currency="BYN",
            knowledge=lambda: True,
            prefers_agents=True,
        )
        self.desk = Desk(ports, site, lambda: self.now, self.begin)
        self.tabs = self.desk.tabs
        self.cards = self.desk.cards

    def begin(self, task: Coroutine[Any, Any, None]) -> object:
        one = asyncio.create_task(task)
        self._tasks.add(one)
        one.add_done_callback(self._tasks.discard)
        return one

    async def settled(self) -> None:
        """Wait until all background tasks are done."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def update(self, now: Board) -> None:
        """A new board comes from Asterisk."""
        self.desk.update(now, True)

    def card(self, agent: str) -> Card:
        """The one card of an agent."""
        [card] = self.cards.of(agent)
        return card


class AgentTab:
    """A browser tab of an agent, without a browser."""

    def __init__(
        self, harness: DeskHarness, agent: str, language: str = "en", supervisor: bool = False
    ) -> None:
        self.harness = harness
        self.tab = Tab(agent, language, supervisor)

    async def sends(self, message: m.FromBrowser) -> None:
        await self.harness.desk.commands.handle(self.tab, message)

    def received(self) -> list[Any]:
        """All messages to the tab since the last call."""
        found = []
        while not self.tab.outbox.empty():
            message = self.tab.outbox.get_nowait()
            assert message is not None
            found.append(message)
        return found


def of_type(messages: Sequence[m.ToBrowser], kind: type[Any]) -> list[Any]:
    return [one for one in messages if isinstance(one, kind)]
