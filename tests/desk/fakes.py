"""Fakes of the desk's ports, in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from ari_app.desk.cards.caller_profile import (
    Account,
    Arrival,
    Callback,
    CallPath,
    Contact,
    Note,
    Outage,
    SearchResult,
    Step,
    Subscriber,
    Ticket,
    TransferNotes,
)
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable, EarlierAction, How, OperationResult
from ari_app.desk.tasks_port import Task
from ari_app.selfcare.operations import CATALOGUE
from ivr.acd.contact_reason import OperationResult as LastResult
from ivr.acd.queues import Caller
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.values import Money, Name, Values
from tests.desk.fake_tasks import FakeTasks

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PHONES = {"anna": "PJSIP/701", "boris": "PJSIP/702"}

BEFORE: Values = {"balance": Money(Decimal("-12.5"), "BYN"), "tariff": Name({"": "Home"})}


class FakeCardStore:
    """Cards in memory; while it is ``locked`` every call fails."""

    def __init__(self) -> None:
        self.cards: dict[str, CardRecord] = {}
        self.closed: dict[str, datetime] = {}
        self.finished: list[str] = []
        self.bursts: dict[str, tuple[str, str, str]] = {}
        self.locked = False

    def _check_unlocked(self) -> None:
        if self.locked:
            raise DeskUnavailable("the database is locked")

    async def open(self, card: CardRecord) -> None:
        self._check_unlocked()
        self.cards[card.id] = card

    async def update(self, card: CardRecord) -> None:
        self._check_unlocked()
        self.cards[card.id] = card

    async def unfinished(self) -> Sequence[CardRecord]:
        return [card for card in self.cards.values() if card.id not in self.closed]

    async def close(self, card: str, at: datetime) -> None:
        self._check_unlocked()
        self.closed[card] = at

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        self._check_unlocked()
        if card not in self.cards or self.cards[card].agent != agent:
            raise DeskUnavailable("card of another agent")
        self.bursts.setdefault(key, (card, field, text))

    async def texts(self, card: str) -> Mapping[str, str]:
        self._check_unlocked()
        return {field: text for of, field, text in self.bursts.values() if of == card}

    async def finish(self, card: str, at: datetime) -> None:
        self._check_unlocked()
        self.closed[card] = at
        self.finished.append(card)

    async def transfer_notes(self, card: str) -> TransferNotes:
        texts = await self.texts(card)
        by = self.cards[card].agent.title()
        return TransferNotes(by, texts.get("question", ""), texts.get("solution", ""))


class FakeProfiles:
    """What is known of callers; the account waits until ``billing`` is set."""

    def __init__(self) -> None:
        self.billing = asyncio.Event()
        self.billing.set()
        self.views: list[tuple[str, int | None, str]] = []
        self.passings: list[str] = []
        self.outage: Sequence[Outage] = ()
        self.contacts: Sequence[Contact] = ()
        self.open_tickets: Sequence[Ticket] = ()
        self.open_callbacks: Sequence[Callback] = ()
        self.locked_until: datetime | None = None
        self.own = FakeTasks()
        self.goes_to = ""

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

    async def subscriber(self, subscriber: int) -> Subscriber:
        return Subscriber(
            subscriber=subscriber,
            name="Вера <b>Громова</b>",
            number="375990000001",
            area="Минск",
            zone="Europe/Minsk",
            language="ru",
            since=NOW - timedelta(days=400),
            has_code_word=True,
            locked_until=self.locked_until,
            goes_to=self.goes_to,
            goes_until=NOW + timedelta(days=14),
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

    async def path(self, call: str) -> CallPath:
        steps = [
            Step(NOW, {"ru": "Главное меню", "en": "Main menu"}, "2", "", False),
            Step(NOW, {"ru": "Баланс", "en": "Balance"}, "", "unavailable", True),
        ]
        return CallPath(steps, (LastResult("balance", "unavailable"),), 0)

    async def history(
        self, subscriber: int, text: str = "", before: datetime | None = None
    ) -> Sequence[Contact]:
        found = [
            one
            for one in self.contacts
            if text in one.question and (before is None or one.at < before)
        ]
        return found[:20]

    async def tickets(self, subscriber: int) -> Sequence[Ticket]:
        return self.open_tickets

    async def notes(self, subscriber: int) -> Sequence[Note]:
        return [Note(NOW, "boris", "Перезвонить после шести")]

    async def tasks(self, subscriber: int) -> Sequence[Task]:
        return await self.own.of(subscriber)

    async def outages(self, subscriber: int) -> Sequence[Outage]:
        return self.outage

    async def callbacks(self, number: str) -> Sequence[Callback]:
        return self.open_callbacks

    async def search(self, text: str) -> Sequence[SearchResult]:
        found = SearchResult(1, "Вера Громова", "375990000001", "Минск", "нет звука")
        return [found] if "0001" in text else []

    def passed(self, call: str, what: str) -> None:
        self.passings.append(what)

    async def record_view(self, agent: str, subscriber: int | None, what: str) -> None:
        self.views.append((agent, subscriber, what))


class FakeQueueControl:
    """Remembers what was asked of it; fails while Asterisk is ``away``."""

    def __init__(self) -> None:
        self.away = False
        self.paused: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.unlocked: list[tuple[int, str, str]] = []
        self.joined: list[str] = []
        """The channels of supervisors."""

    async def ready(self, agent: str) -> None:
        if self.away:
            raise DeskUnavailable("Asterisk does not answer")
        self.paused.pop(agent, None)

    async def pause(self, agent: str, reason: str) -> None:
        if self.away:
            raise DeskUnavailable("Asterisk does not answer")
        self.paused[agent] = reason

    async def transfer(self, channel: str, to: str) -> None:
        self.asked.append((channel, to))

    async def call(self, agent: str, number: str) -> None:
        if self.away:
            raise DeskUnavailable("PJSIP/701 is not registered", "phone-away")
        self.asked.append((agent, number))

    async def consult(self, agent: str, caller: str, channel: str, to: str) -> None:
        if self.away:
            raise DeskUnavailable("Asterisk does not answer")
        self.asked.append((channel, f"consult {to}"))

    async def conference(self, caller: str, channel: str) -> None:
        self.asked.append((channel, f"conference {caller}"))

    async def hang_up(self, channel: str) -> None:
        self.asked.append((channel, "hang up"))

    async def is_dialled(self, number: str) -> bool:
        return number != "404"

    async def supervise(self, supervisor: str, agent: str, how: How, channel: str) -> None:
        if self.away:
            raise DeskUnavailable("Asterisk does not answer")
        self.asked.append((supervisor, f"{how} {agent}"))
        self.joined.append(channel)

    async def verify_code_word(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        return "match" if word.reveal() == "ветер" else "no match"

    async def unlock_code_word(self, subscriber: int, agent: str, why: str) -> None:
        self.unlocked.append((subscriber, agent, why))


class FakeOperations:
    """Answers from ``answers``, remembers what was done; actions wait for ``billing``."""

    catalogue: Mapping[str, Operation] = CATALOGUE

    def __init__(self) -> None:
        self.billing = asyncio.Event()
        self.billing.set()
        self.inputs: Values = {}
        self.done: list[tuple[str, str, str]] = []
        self.answers: dict[str, Answered] = {}
        self.before: dict[str, Sequence[EarlierAction]] = {}

    async def earlier(
        self, card: CardRecord, operation: str, inputs: Values, but: str
    ) -> Sequence[EarlierAction]:
        return self.before.get(operation, ())

    async def ask(self, card: CardRecord, operation: str, inputs: Values) -> Answered:
        return self.answers.get(operation, Answered("none"))

    async def do(
        self, card: CardRecord, operation: str, inputs: Values, key: str, reason: str
    ) -> OperationResult:
        await self.billing.wait()
        if all(key != before for _, before, _ in self.done):
            self.done.append((operation, key, reason))
            self.inputs = inputs
        answered = self.answers.get(operation, Answered("ok"))
        after = {**BEFORE, "balance": Money(Decimal("-15"), "BYN")}
        return OperationResult(answered, BEFORE, after if answered.outcome == "ok" else BEFORE)
