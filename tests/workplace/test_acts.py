"""What agents do with self-service, over a real store and a billing that fails as it is told."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.desk.known import Arrival, Identity
from ari_app.desk.ports import DeskUnavailable, Kept
from ari_app.store import agent_actions
from ari_app.store.agent_actions import AgentAction
from ari_app.workplace.acts import StoredActs
from ivr.events import Answered
from ivr.values import Digits, Money, Name, Values
from tests.fulfilment.harness import NUMBERS, Harness
from tests.selfcare.fake_billing import NOON, FakeBilling

ON: Values = {"code": Digits("7"), "charge": Money(Decimal(0))}
KEY = "0123456789abcdef:d1"


@pytest.fixture
async def billing() -> FakeBilling:
    return FakeBilling()


@pytest.fixture
async def harness(billing: FakeBilling, tmp_path: Path) -> AsyncIterator[Harness]:
    harness = await Harness.open(billing, tmp_path / "firstline.db", deadline=0.2)
    yield harness
    await harness.end()


@pytest.fixture
def doing(harness: Harness, billing: FakeBilling) -> StoredActs:
    return StoredActs(harness.store, harness.care, billing, lambda: harness.now)


def card(identity: Identity = "code-word", subscriber: int = 1) -> Kept:
    arrival = Arrival(
        channel="1.1",
        number=NUMBERS[subscriber],
        call="c1",
        subscriber=subscriber,
        language="ru",
        identity="caller",
    )
    return Kept(id=KEY[:16], agent="anna", arrival=arrival, opened=NOON, identity=identity)


async def kept(harness: Harness) -> AgentAction:
    [act] = await harness.store.read(agent_actions.of_card, KEY[:16])
    return act


async def test_a_deed_is_done_once_and_kept_with_its_reason_and_what_it_changed(
    harness: Harness, billing: FakeBilling, doing: StoredActs
) -> None:
    for _ in range(2):
        acted = await doing.do(card(), "service-on", ON, KEY, "попросил")
        assert acted.answered.outcome == "ok"
    assert billing.effects == {KEY: 1}
    act = await kept(harness)
    assert act == AgentAction(
        key=KEY,
        at=act.at,
        agent="anna",
        subscriber=1,
        call="c1",
        card=KEY[:16],
        operation="service-on",
        inputs={"code": "7", "charge": "0,00 руб."},
        reason="попросил",
        identity="code-word",
        outcome="ok",
        before={
            "balance": "20,00 руб.",
            "tariff": "Домашний",
            "services": "—",
            "minutes": "100",
            "gigabytes": "10",
            "points": "150",
            "until": "—",
        },
        after={**act.before, "services": "Домашний"},
    )


async def test_an_agent_is_told_what_changed(doing: StoredActs) -> None:
    acted = await doing.do(card(), "service-on", ON, KEY, "попросил")
    assert acted.before["services"] == Name({"": "—"})
    now = acted.after["services"]
    assert isinstance(now, Name)
    assert (now.in_("ru"), now.in_("en")) == ("Домашний", "Home")


async def test_a_deed_whose_end_is_unknown_is_not_tried_a_second_time(
    harness: Harness, billing: FakeBilling, doing: StoredActs
) -> None:
    billing.faults = ["lost-after"]
    acted = await doing.do(card(), "service-on", ON, KEY, "попросил")
    assert acted.answered == Answered("accepted")
    assert (await doing.do(card(), "service-on", ON, KEY, "попросил")).answered == acted.answered
    await harness.settle()
    assert billing.effects == {KEY: 1}


async def test_a_refusal_is_kept_too(harness: Harness, doing: StoredActs) -> None:
    inputs: Values = {**ON, "charge": Money(Decimal(5))}
    assert (await doing.do(card(), "service-on", inputs, KEY, "x")).answered.outcome == "changed"
    assert (await kept(harness)).outcome == "changed"


async def test_nothing_that_costs_is_done_for_whom_nobody_knows(
    harness: Harness, billing: FakeBilling, doing: StoredActs
) -> None:
    with pytest.raises(DeskUnavailable):
        await doing.do(card("caller"), "service-on", ON, KEY, "x")
    assert not billing.effects
    assert (await kept(harness)).identity == "caller"


async def test_where_the_account_cannot_be_looked_at_the_deed_is_done_all_the_same(
    harness: Harness, billing: FakeBilling, doing: StoredActs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(_: int) -> int:
        raise TimeoutError

    monkeypatch.setattr(billing, "points", silent)
    assert (await doing.do(card(), "service-on", ON, KEY, "x")).answered.outcome == "ok"
    act = await kept(harness)
    assert (act.before, act.after, act.outcome) == ({}, {}, "ok")


async def test_what_costs_nothing_is_kept_without_the_account(
    harness: Harness, doing: StoredActs
) -> None:
    acted = await doing.do(card("caller"), "apn-settings", {}, KEY, "нет интернета")
    assert (acted.answered.outcome, acted.before) == ("ok", {})
    assert (await kept(harness)).reason == "нет интернета"
    assert len(await harness.texts()) == 1


async def test_a_question_leaves_no_trace(harness: Harness, doing: StoredActs) -> None:
    answered = await doing.ask(card("caller"), "balance", {})
    assert answered.values == {"balance": Money(Decimal("20.00"))}
    assert await harness.store.read(agent_actions.of_card, KEY[:16]) == []


async def test_a_locked_store_refuses_the_deed_before_it_is_tried(
    harness: Harness, billing: FakeBilling, doing: StoredActs
) -> None:
    await harness.store.close()
    with pytest.raises(DeskUnavailable):
        await doing.do(card(), "service-on", ON, KEY, "x")
    assert not billing.asked


async def test_of_a_stranger_nothing_is_known(doing: StoredActs) -> None:
    stranger = card("none")
    stranger = replace(stranger, arrival=replace(stranger.arrival, subscriber=None))
    assert (await doing.ask(stranger, "balance", {})).outcome == "unknown"
