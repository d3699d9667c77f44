"""Whatever billing, restarts and hang-ups do: nothing is lost or made, each key has one effect at
most, and what was played is true."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ari_app.fulfilment.order_records import outcome_of
from ivr.events import Answered
from ivr.values import Count, Digits, Money, Values
from tests.fulfilment.harness import NUMBERS, Harness, gift
from tests.fuzz import FEW
from tests.selfcare.fake_billing import FakeBilling, Fault

NOTHING_DONE = {"unavailable", "unknown", "limit", "too-little", "changed", "no-such", "already"}
WHO = st.sampled_from((1, 2, 3))
FAULTS = st.lists(
    st.sampled_from(
        (
            "",
            "",
            "unavailable",
            "lost-before",
            "lost-after",
            "silent-before",
            "silent-after",
            "slow",
        )
    ),
    max_size=3,
)
AMOUNTS = st.sampled_from((1, 30, 60, 1000))


class Orders(RuleBasedStateMachine):
    """Three subscribers who give, sell, buy and change, in a world where all breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.keys = (f"c{number}:1" for number in count())
        self.requests: dict[str, tuple[str, Values, int]] = {}
        self.heard: dict[str, str] = {}
        self.runner.run(self.open())

    async def open(self) -> None:
        self.billing = FakeBilling()
        self.harness = await Harness.open(
            self.billing, Path(self.folder.name, "firstline.db"), 0.05
        )

    @rule(
        who=WHO,
        to=WHO,
        unit=st.sampled_from(("minutes", "gigabytes")),
        amount=AMOUNTS,
        faults=FAULTS,
    )
    def give(self, who: int, to: int, unit: str, amount: int, faults: list[Fault]) -> None:
        self.order("gift", gift(amount, NUMBERS[to], unit), who, faults)

    @rule(who=WHO, code=st.sampled_from("129"), charge=st.sampled_from("12"), faults=FAULTS)
    def change(self, who: int, code: str, charge: str, faults: list[Fault]) -> None:
        charged: Values = {"code": Digits(code), "charge": Money(Decimal(charge), "BYN")}
        self.order("tariff-change", charged, who, faults)

    @rule(who=WHO, to=WHO, amount=AMOUNTS, faults=FAULTS)
    def sell(self, who: int, to: int, amount: int, faults: list[Fault]) -> None:
        inputs = {**gift(amount, NUMBERS[to], charge="0"), "price": Count(2)}
        self.order("sell", inputs, who, faults)

    @rule(who=WHO, number=st.integers(1, 9), faults=FAULTS)
    def buy(self, who: int, number: int, faults: list[Fault]) -> None:
        bought: Values = {"offer": Digits(str(number)), "charge": Money(Decimal(2), "BYN")}
        self.order("buy", bought, who, faults)

    @rule(amounts=st.tuples(AMOUNTS, AMOUNTS))
    def give_twice_in_parallel(self, amounts: tuple[int, int]) -> None:
        async def both() -> None:
            await asyncio.gather(
                *(self.ask(*self.request("gift", gift(each), 1)) for each in amounts)
            )

        self.runner.run(both())

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def the_same_key_again(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(list(self.requests)))
        if self.heard.get(key) == "unavailable" and key not in self.billing.asked:
            return  # the store was too slow to write it down: no one knows the key
        self.runner.run(self.ask(key, *self.requests[key], again=True))

    @rule(who=WHO, to=WHO, faults=FAULTS)
    def hang_up_in_the_midst(self, who: int, to: int, faults: list[Fault]) -> None:
        async def calling() -> None:
            self.billing.heard.clear()
            self.billing.faults = faults
            key, name, inputs, _ = self.request("gift", gift(5, NUMBERS[to]), who)
            call = asyncio.create_task(self.harness.run(name, inputs, who, key))
            asking = asyncio.create_task(self.billing.heard.wait())
            await asyncio.wait({call, asking}, return_when=asyncio.FIRST_COMPLETED)
            for task in (call, asking):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

        self.runner.run(calling())

    @rule()
    def restart(self) -> None:
        async def again() -> None:
            await self.harness.end()
            await self.harness.begin()

        self.runner.run(again())

    @rule(faults=st.lists(st.sampled_from(("unavailable", "lost-after")), max_size=3))
    def time_passes(self, faults: list[Fault]) -> None:
        async def passing() -> None:
            self.billing.faults = faults
            self.harness.now += timedelta(hours=2)
            self.harness.orders.wake()
            for _ in range(3):
                await self.harness.kept()
                await asyncio.sleep(0.001)

        self.runner.run(passing())

    @rule()
    def let_billing_speak(self) -> None:
        async def speak() -> None:
            self.billing.spoken.set()
            await asyncio.sleep(0)
            self.billing.spoken.clear()
            await self.harness.kept()

        self.runner.run(speak())

    @invariant()
    def nothing_is_lost_or_made(self) -> None:
        accounts = self.billing.accounts.values()
        assert sum(one.money for one in accounts) + self.billing.operator == 60
        assert sum(one.left["minutes"] for one in accounts) == 300
        assert sum(one.left["gigabytes"] for one in accounts) == 30
        assert all(one.money >= 0 <= min(one.left.values()) for one in accounts)

    @invariant()
    def each_key_has_one_effect_at_most(self) -> None:
        assert set(self.billing.effects.values()) <= {1}

    @invariant()
    def what_was_heard_is_true(self) -> None:
        for key, outcome in self.heard.items():
            if outcome == "ok":
                assert self.billing.effects[key] == 1, key
            elif outcome != "accepted":
                assert outcome in NOTHING_DONE | {"self"}, outcome
                assert self.billing.effects[key] == 0, (key, outcome)

    def teardown(self) -> None:
        self.runner.run(self.closing())
        self.runner.close()
        self.folder.cleanup()

    async def closing(self) -> None:
        """In the end all is known, and who had not heard it has a message."""
        self.billing.faults = []
        self.billing.spoken.set()
        await self.harness.settle()
        kept = {one.key: one for one in await self.harness.kept()}
        notified = Counter(key.rpartition(":")[0] for key in await self.harness.texts())
        await self.harness.end()
        self.what_was_heard_is_true()
        for key, one in kept.items():
            assert (one.state == "done") == (self.billing.effects[key] == 1), one
        assert self.billing.effects.keys() <= kept.keys()
        for key, outcome in self.heard.items():
            if outcome == "accepted":
                assert kept[key].state in ("done", "refused", "failed")
                assert notified[f"order:{key}"] >= 1, key

    def request(self, name: str, inputs: Values, who: int) -> tuple[str, str, Values, int]:
        key = next(self.keys)
        self.requests[key] = (name, inputs, who)
        return key, name, inputs, who

    def order(self, name: str, inputs: Values, who: int, faults: list[Fault]) -> None:
        self.billing.faults = faults
        self.runner.run(self.ask(*self.request(name, inputs, who)))

    async def ask(
        self, key: str, name: str, inputs: Values, who: int, *, again: bool = False
    ) -> None:
        before = self.heard.get(key, "accepted")
        while True:
            answer: Answered = await self.harness.run(name, inputs, who, key)
            if answer.outcome != "unavailable" or not (again and await self.is_known(key)):
                break  # else a busy machine's store was too slow to look the key up
        assert before in ("accepted", answer.outcome), "an answer stays"
        self.heard[key] = answer.outcome

    async def is_known(self, key: str) -> bool:
        """Whether an order is stored that did not end as unavailable."""
        kept = await self.harness.kept()
        return any(one.key == key and outcome_of(one) != "unavailable" for one in kept)


TestOrders = pytest.mark.slow(Orders.TestCase)
TestOrders.settings = settings(
    max_examples=FEW,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
