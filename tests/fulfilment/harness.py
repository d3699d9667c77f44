"""An installation's self-service over fake billing; it can end in the midst of anything."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from ari_app.fulfilment.messages import StoredMessages
from ari_app.fulfilment.numbers import StoredNumbers
from ari_app.fulfilment.orders import OrderServices, StoredOrders
from ari_app.messaging.outbox import Outbox
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.hashing import CHEAP, Hasher
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.sim.in_memory import SameCodes
from ari_app.store import orders, outbox, subscribers
from ari_app.store.db import Store
from ari_app.store.orders import OrderRecord
from ari_app.store.outbox import Text
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.values import Count, Digits, Money, Phrase, Values, Word
from prompts import catalogue, plan
from tests.deadlines import within
from tests.operators import BELARUS, DEMO
from tests.selfcare.fake_billing import GIFT_FEE, NOON, FakeBilling
from tests.selfcare.fakes import Willing, Words
from tests.store.samples import subscriber

HASHER = Hasher(Secret("pepper"), CHEAP)
WORDS = catalogue.shipped(DEMO)
MINSK = ZoneInfo("Europe/Minsk")
NUMBERS = {id: f"37599000000{id}" for id in (1, 2, 3)}
SPEAK = {1: "ru", 2: "be", 3: "en"}


def hasty(seconds: float) -> dict[str, Operation]:
    """The catalogue, with deadlines that a test can wait for."""
    return {
        name: replace(one, deadline=seconds) if one.costs else one
        for name, one in CATALOGUE.items()
    }


class Harness:
    """Use :meth:`open`; ``now`` is the clock."""

    def __init__(self, billing: FakeBilling, file: Path, deadline: float) -> None:
        self.billing, self.file, self.now = billing, file, NOON.astimezone(MINSK)
        self._catalogue = hasty(deadline)
        self._tasks: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, billing: FakeBilling, file: Path, deadline: float) -> "Harness":
        harness = cls(billing, file, deadline)
        await harness.begin()
        return harness

    async def begin(self) -> None:
        """Start, with whatever the store has."""
        self.store = await Store.open(self.file, BELARUS)
        everyone = [subscriber(id, number, SPEAK[id]) for id, number in NUMBERS.items()]
        await self.store.write(subscribers.add, everyone)
        numbers = StoredNumbers(self.store)
        posting = Outbox(self.store, self._nowhere, lambda: self.now)
        self.orders = StoredOrders(
            OrderServices(
                self.store, self.billing, say, lambda: self.now, self._begin, posting.wake, HASHER
            )
        )
        texting = StoredMessages(posting, say, BELARUS)
        self.care = Selfcare(
            Backends(
                self.billing,
                Willing(),
                Words(),
                SameCodes(),
                self.orders,
                texting,
                numbers,
                lambda: self.now,
            ),
            self._catalogue,
        )
        self._begin(self.orders.run())

    async def end(self) -> None:
        """Stop in the midst of whatever is going on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.close()

    async def run(
        self, name: str, inputs: Values, who: int = 1, key: str = "c1:1", phone: int = 0
    ) -> Answered:
        """``phone`` is whose phone it is, if not that of ``who`` the call is about."""
        from_ = phone or who
        asker = Asker(
            key.partition(":")[0],
            NUMBERS.get(from_, ""),
            who,
            SPEAK.get(from_, ""),
            "code-word",
            NUMBERS[who] if phone else "",
        )
        return await self.care.run(name, inputs, asker, key)

    async def settle(self) -> None:
        """Let time pass until no order is open."""

        def closed(one: OrderRecord) -> bool:
            if one.state == "open":
                self.now += timedelta(hours=2)
                self.orders.wake()
            return one.state != "open"

        await self.until(closed)

    async def until(self, fact: Callable[[OrderRecord], bool]) -> None:
        """Wait until a fact is true of all orders."""
        async with within(5):
            while True:
                if all(map(fact, await self.kept())):
                    return
                await asyncio.sleep(0.002)

    async def kept(self) -> list[OrderRecord]:
        return list(await self.store.read(orders.recent, 1000))

    async def texts(self) -> dict[str, Text]:
        return {one.key: one for one in await self.store.read(outbox.recent, 1000)}

    def _begin(self, action: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(action)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _nowhere(self, _key: str, number: str, text: str) -> None:
        raise AssertionError(f"{number}: {text}")


def say(phrase: Phrase, language: str) -> str:
    return plan.phrase_text(WORDS, phrase, language)


def gift(
    amount: int = 10, to: str = NUMBERS[2], unit: str = "minutes", charge: str = str(GIFT_FEE)
) -> Values:
    return {
        "recipient": Digits(to),
        "unit": Word(unit),
        "amount": Count(amount),
        "charge": Money(Decimal(charge), "BYN"),
    }
