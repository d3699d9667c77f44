"""A desk without an exchange and without a disk: its ports in memory."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from msgspec.structs import replace

from ari_app.desk import messages as m
from ari_app.desk.cards import Card, Desks
from ari_app.desk.desk import Desk
from ari_app.desk.hearing import Hearing
from ari_app.desk.hub import Hub, Tab
from ari_app.desk.known import Account, Arrival, Contact, Found, Names, Note, Step, Ticket, Who
from ari_app.desk.ports import DeskUnavailable, Kept
from ari_app.desk.render import Render
from ivr.queues import Board, Caller, Member, Offer, Queue, Talk
from ivr.secret import Secret

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PHONES = {"anna": "PJSIP/701", "boris": "PJSIP/702"}


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
    talks = tuple(Talk("support", at, who, NOW) for at, who in (speaks or {}).items())
    return Board({"support": Queue(members, tuple(waiting))}, offers, talks)


class Memory:
    """Cards in memory; while it is ``locked`` nothing can be kept or read."""

    def __init__(self) -> None:
        self.cards: dict[str, Kept] = {}
        self.closed: dict[str, datetime] = {}
        self.finished: list[str] = []
        self.bursts: dict[str, tuple[str, str, str]] = {}
        self.locked = False

    def _free(self) -> None:
        if self.locked:
            raise DeskUnavailable("the database is locked")

    async def open(self, card: Kept) -> None:
        self._free()
        self.cards[card.id] = card

    async def changed(self, card: Kept) -> None:
        self._free()
        self.cards[card.id] = card

    async def unfinished(self) -> Sequence[Kept]:
        return [card for card in self.cards.values() if card.id not in self.closed]

    async def close(self, card: str, at: datetime) -> None:
        self._free()
        self.closed[card] = at

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        self._free()
        if self.cards[card].agent != agent:
            raise DeskUnavailable("not his card")
        self.bursts.setdefault(key, (card, field, text))

    async def texts(self, card: str) -> Mapping[str, str]:
        self._free()
        return {field: text for of, field, text in self.bursts.values() if of == card}

    async def finish(self, card: str, at: datetime) -> None:
        self._free()
        self.closed[card] = at
        self.finished.append(card)


class Facts:
    """What is known; ``billing`` is held up until it is set."""

    def __init__(self) -> None:
        self.billing = asyncio.Event()
        self.billing.set()
        self.seen: list[tuple[str, int, str]] = []
        self.outage: Sequence[Names] = ()
        self.contacts: Sequence[Contact] = ()
        self.open: Sequence[Ticket] = ()

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        known = caller.number == "375990000001"
        return Arrival(
            channel=caller.call,
            number=caller.number,
            name=caller.name,
            call="c" * 16 if known else "",
            subscriber=1 if known else None,
            queue=queue,
            topic="internet" if known else "",
            language="ru",
            identity="caller" if known else "none",
        )

    async def who(self, subscriber: int) -> Who:
        return Who(
            subscriber=subscriber,
            name="Вера <b>Громова</b>",
            number="375990000001",
            area="Минск",
            zone="Europe/Minsk",
            language="ru",
            since=NOW - timedelta(days=400),
            word=True,
            locked_until=None,
        )

    async def account(self, subscriber: int) -> Account:
        await self.billing.wait()
        return Account(
            balance=Decimal("-12.5"),
            currency="BYN",
            as_of=None,
            tariff={"ru": "Домашний", "en": "Home"},
            fee=Decimal(20),
            services=[{"ru": "Антивирус", "en": "Antivirus"}],
            paused=None,
            minutes=100,
            gigabytes=3,
        )

    async def path(self, call: str) -> Sequence[Step]:
        return [
            Step(NOW, {"ru": "Главное меню", "en": "Main menu"}, "2", "", False),
            Step(NOW, {"ru": "Баланс", "en": "Balance"}, "", "unavailable", True),
        ]

    async def history(self, subscriber: int, text: str = "") -> Sequence[Contact]:
        return self.contacts

    async def tickets(self, subscriber: int) -> Sequence[Ticket]:
        return self.open

    async def notes(self, subscriber: int) -> Sequence[Note]:
        return [Note(NOW, "boris", "Перезвонить после шести")]

    async def outages(self, subscriber: int) -> Sequence[Names]:
        return self.outage

    async def find(self, text: str) -> Sequence[Found]:
        found = Found(1, "Вера Громова", "375990000001", "Минск", "нет звука")
        return [found] if "0001" in text else []

    async def viewed(self, agent: str, subscriber: int, what: str) -> None:
        self.seen.append((agent, subscriber, what))


class Standing:
    """The floor, which does what it is told, unless the exchange is away."""

    def __init__(self) -> None:
        self.away = False
        self.paused: dict[str, str] = {}

    async def ready(self, agent: str) -> None:
        if self.away:
            raise DeskUnavailable("the exchange does not answer")
        self.paused.pop(agent, None)

    async def pause(self, agent: str, reason: str) -> None:
        if self.away:
            raise DeskUnavailable("the exchange does not answer")
        self.paused[agent] = reason

    async def verify(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        return "match" if word.reveal() == "ветер" else "no match"


class House:
    """A desk, and what it stands on."""

    def __init__(self, cards: Memory | None = None) -> None:
        self.now = NOW
        self.keep = cards or Memory()
        self.facts = Facts()
        self.floor = Standing()
        self.hub = Hub()
        self._tasks: set[asyncio.Task[None]] = set()
        whose = {at: name for name, at in PHONES.items()}
        self.desks = Desks(self.keep, self.facts, whose.get, lambda: self.now, self.begin)
        self.desk = Desk(
            self.desks,
            self.hub,
            self.keep,
            self.facts,
            self.floor,
            Render("Europe/Minsk", 10),
            PHONES.get,
            lambda: self.now,
            self.begin,
            wrapup=10,
        )

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

    def __init__(self, house: House, agent: str, language: str = "en") -> None:
        self.tab = Tab(agent, language)
        self._hearing = Hearing(house.desk, self.tab)

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


def older(kept: Kept, **changed: Any) -> Kept:
    return replace(kept, **changed)
