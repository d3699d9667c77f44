"""Whom self-service asks, for tests: those who fail, those who are willing, those who know."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    Charge,
    Offer,
    Packet,
    PausePeriod,
    Payment,
    Reward,
    Roaming,
    Service,
    Sim,
    Tariff,
)
from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.orders import Completed, Order, Quote, Refused
from ari_app.selfcare.request_port import Asker, Noted, OpenTicket
from ivr.secret import Secret
from ivr.tickets import Department
from ivr.values import Phrase, Recording
from tests.selfcare.fake_billing import NOON

DAY = timedelta(days=1)

KNOWN = 1
"""The subscriber whose word :class:`Words` knows."""


class Broken:
    """All behind self-service, which meets every question with the same fault, or with silence."""

    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault

    async def balance(self, subscriber: int) -> Balance:
        await self._fail(subscriber)
        raise AssertionError

    async def tariff(self, subscriber: int) -> Tariff:
        await self._fail(subscriber)
        raise AssertionError

    async def services(self, subscriber: int) -> Sequence[Service]:
        await self._fail(subscriber)
        raise AssertionError

    async def packets(self) -> Sequence[Packet]:
        await self._fail(0)
        raise AssertionError

    async def roaming(self, country: str) -> Roaming | None:
        await self._fail(len(country))
        raise AssertionError

    async def sim(self, subscriber: int) -> Sim:
        await self._fail(subscriber)
        raise AssertionError

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        await self._fail(subscriber + limit)
        raise AssertionError

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        await self._fail(subscriber + limit)
        raise AssertionError

    async def tariffs(self) -> Sequence[Tariff]:
        await self._fail(0)
        raise AssertionError

    async def service_offers(self) -> Sequence[Service]:
        await self._fail(0)
        raise AssertionError

    async def allowance(self, subscriber: int) -> Allowance:
        await self._fail(subscriber)
        raise AssertionError

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        await self._fail(subscriber + limit)
        raise AssertionError

    async def paused(self, subscriber: int) -> PausePeriod | None:
        await self._fail(subscriber)
        raise AssertionError

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        await self._fail(subscriber)
        raise AssertionError

    async def points(self, subscriber: int) -> int:
        await self._fail(subscriber)
        raise AssertionError

    async def promise_days(self) -> int | None:
        await self._fail(0)
        raise AssertionError

    async def rewards(self) -> Sequence[Reward]:
        await self._fail(0)
        raise AssertionError

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        await self._fail(len(f"{subscriber}{order}"))
        raise AssertionError

    async def place(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        await self._fail(len(f"{subscriber}{order}{agreed}{key}"))
        raise AssertionError

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:
        await self._fail(len(f"{asker}{texts}{key}"))
        raise AssertionError

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        await self._fail(len(f"{asker}{recording}{key}"))
        raise AssertionError

    async def notify_when_restored(self, asker: Asker) -> Noted:
        await self._fail(len(f"{asker}"))
        raise AssertionError

    async def report_no_network(
        self,
        asker: Asker,  # noqa: ARG002
        place: str,  # noqa: ARG002
        topic: str,  # noqa: ARG002
        key: str,
    ) -> tuple[datetime, bool]:
        await self._fail(len(key))
        raise AssertionError

    async def call_back(
        self, asker: Asker, key: str, due: datetime | None, topic: str = ""
    ) -> Noted:
        await self._fail(len(f"{asker}{key}{due}{topic}"))
        raise AssertionError

    async def refuse_campaigns(self, asker: Asker) -> bool:
        await self._fail(len(f"{asker}"))
        raise AssertionError

    async def begin(self, asker: Asker) -> bool:
        await self._fail(len(f"{asker}"))
        raise AssertionError

    async def answer(self, asker: Asker, question: str, mark: int, best: int) -> None:
        await self._fail(len(f"{asker}{question}{mark}{best}"))

    async def recent_calls(self, asker: Asker) -> int:
        await self._fail(len(f"{asker}"))
        raise AssertionError

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        await self._fail(subscriber)
        raise AssertionError

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:  # noqa: ARG002
        await self._fail(0)
        raise AssertionError

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:  # noqa: ARG002
        await self._fail(0)
        raise AssertionError

    async def send(
        self,
        asker: Asker,  # noqa: ARG002
        number: str,  # noqa: ARG002
        subscriber: int | None,  # noqa: ARG002
        key: str,  # noqa: ARG002
    ) -> Literal["ok", "limit"]:
        await self._fail(0)
        raise AssertionError

    async def check(self, asker: Asker, number: str, subscriber: int | None, code: Secret) -> Proof:  # noqa: ARG002
        await self._fail(0)
        raise AssertionError

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:  # noqa: ARG002
        await self._fail(0)
        raise AssertionError

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:  # noqa: ARG002
        await self._fail(0)
        raise AssertionError

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "locked", "weak"]:
        await self._fail(len(f"{asker}{old}{new}{key}"))
        raise AssertionError

    async def _fail(self, _: int) -> None:
        if self._fault is not None:
            raise self._fault
        await asyncio.get_running_loop().create_future()


class Willing:
    """Staff that keep what they are asked, under its key."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, Asker, Recording | None]] = []
        self.calls = 0
        self.promises = {
            KNOWN: OpenTicket("field", NOON - DAY, NOON + DAY, Department(visits=True))
        }

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        self.kept.append((key, asker, recording))
        return "1024"

    async def report_no_network(
        self, asker: Asker, place: str, topic: str, key: str
    ) -> tuple[datetime, bool]:
        self.kept.append((f"{key} {topic} {place}", asker, None))
        return NOON + DAY, len(self.kept) == 1

    async def call_back(
        self, asker: Asker, key: str, due: datetime | None, topic: str = ""
    ) -> Noted:
        self.kept.append((" ".join(map(str, filter(None, (key, due, topic)))), asker, None))
        return "noted" if len(self.kept) == 1 else "already"

    async def refuse_campaigns(self, asker: Asker) -> bool:
        self.kept.append(("", asker, None))
        return bool(asker.number)

    async def notify_when_restored(self, asker: Asker) -> Noted:
        self.kept.append(("", asker, None))
        return "noted" if len(self.kept) == 1 else "already"

    async def recent_calls(self, asker: Asker) -> int:  # noqa: ARG002
        return self.calls

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        return self.promises.get(subscriber)


class Sent:
    """Messages that are kept."""

    def __init__(self) -> None:
        self.sent: list[Phrase] = []

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:  # noqa: ARG002
        self.sent += texts if asker.number else ()
        return bool(asker.number)


class Neighbours:
    """Subscribers 1 to 3, whose numbers are 375990000001 and so on."""

    async def by_number(self, digits: str) -> int | None:
        return {await self.number(id): id for id in (1, 2, 3)}.get(digits)

    async def number(self, subscriber: int) -> str:
        return f"37599000000{subscriber}"

    async def area(self, subscriber: int) -> str | None:
        return {KNOWN: "Старый город", 2: ""}.get(subscriber)


class Words:
    """The word of subscriber ``KNOWN``, plainly."""

    def __init__(self) -> None:
        self.asked: list[tuple[Asker, str]] = []
        self.word = Secret("5266")
        self.pin = Secret("7391")

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:
        self.asked.append((asker, key))
        return "ok" if asker.subscriber == KNOWN and word in (self.word, self.pin) else "wrong"

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:
        assert number
        return await self.prove(asker, word, key)

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "weak"]:
        if await self.prove(asker, old, key) != "ok":
            return "wrong"
        return await self.set_word(asker, new)

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:
        assert asker.identity == "code-word"
        if new == Secret("1111"):
            return "weak"
        self.word = new
        return "ok"

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:
        assert asker.identity == "code-word"
        if pin == Secret("1111"):
            return "weak"
        self.pin = pin
        return "ok"
