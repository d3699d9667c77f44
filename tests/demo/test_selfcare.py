"""The demo operator's self-service answers whatever is asked of it as the catalogue promises."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.demo.books import ledger
from ari_app.demo.simulated import simulated_operator
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.billing import BillingUnavailable
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.sim.in_memory import NoMessages, PlainOrders, SameCodes, SimulatedSubscribers
from ivr.events import Answered
from ivr.secret import Secret
from ivr.values import Count, Digits, Money, Sealed, Values, Word
from tests.operators import BELARUS
from tests.selfcare.fakes import Willing, Words

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
OF_BILLING = [
    name for name, one in CATALOGUE.items() if "unavailable" in one.outcomes and not one.costs
]
SMALL = st.sampled_from((0, 1, 3, 10**6, 10**18)).map(Count)
INPUTS: dict[str, st.SearchStrategy[object]] = {
    "code": st.sampled_from(("", "1", "2", "3", "77")).map(Digits),
    "since": st.sampled_from(("0", "0103", "3002", "1503")).map(Digits),
    "country": st.sampled_from(("48", "0048", "", "999")).map(Digits),
    "voucher": st.sampled_from(("61120260000001", "", "1")).map(Secret).map(Sealed),
    "offer": st.sampled_from(("", "1", "2", "9")).map(Digits),
    "recipient": st.sampled_from(("375990000001", "990000002", "375990000050", "1")).map(Digits),
    "unit": st.sampled_from(("minutes", "gigabytes")).map(Word),
    **dict.fromkeys(("months", "days", "amount", "price", "low"), SMALL),
}


async def care() -> Selfcare:
    billing = demo(NOW)
    await billing.refresh()
    known = SimulatedSubscribers(simulated_operator().people, BELARUS)
    behind = (Willing(), Words(), SameCodes(), PlainOrders(billing), NoMessages(), known)
    return Selfcare(Backends(billing, *behind, lambda: NOW))


def demo(now: datetime) -> MemoryBilling:
    async def read() -> Ledger:
        return ledger(now)

    return MemoryBilling(read, lambda: now)


@given(st.data())
async def test_every_answer_is_one_of_the_catalogues(data: st.DataObject) -> None:
    one, keys = await care(), (f"c1:{number}" for number in count())
    for _ in range(data.draw(st.integers(1, 6))):
        id, name = data.draw(st.integers(1, 50)), data.draw(st.sampled_from(OF_BILLING))
        inputs: Values = {
            key: data.draw(INPUTS[key])  # type: ignore[misc]
            for key in CATALOGUE[name].inputs
        }
        asker = Asker("c1", f"3759900000{id:02}", id, identity="code-word")
        answer = await one.run(name, inputs, asker, next(keys))
        promised(name, answer)
        operation = name.removesuffix("-quote")
        if answer.outcome == "ok" and operation != name:
            agreed = CATALOGUE[operation].inputs.keys() - inputs.keys()
            wanted: Values = {**inputs, **{key: answer.values[key] for key in agreed}}
            done = await one.run(operation, wanted, asker, next(keys))
            promised(operation, done)
            quoted = operation != "top-up"  # a quote does not look at a voucher
            assert done.outcome == "ok" or not quoted, "what was quoted is done for that"


def promised(name: str, answer: Answered) -> None:
    assert answer.outcome not in ("unavailable", "unknown", "changed")
    assert answer.values.keys() == CATALOGUE[name].outcomes[answer.outcome].keys()


async def test_what_was_not_agreed_to_is_not_done() -> None:
    one, asker = await care(), Asker("c1", "375990000001", 1, identity="code-word")
    dear: Values = {"code": Digits("1"), "charge": Money(Decimal("0.07"), "BYN")}
    assert (await one.run("tariff-change", dear, asker, "c1:1")).outcome == "changed"


async def test_a_ledger_that_was_not_read_is_unavailable() -> None:
    billing = demo(NOW + timedelta(days=1))
    with pytest.raises(BillingUnavailable):
        await billing.balance(1)
    await billing.refresh()
    assert (await billing.balance(1)).amount == Decimal("12.50")
