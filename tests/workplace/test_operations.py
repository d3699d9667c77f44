"""Operations of self-service run by agents, over a real store and a billing with faults."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import Arrival, Identity
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import agent_actions
from ari_app.store.agent_actions import AgentAction
from ari_app.workplace.operations import AgentOperations, RecordedIn
from ivr.events import Answered
from ivr.values import Digits, Money, Name, Values
from tests.deadlines import allowed
from tests.fulfilment.harness import NUMBERS, Harness
from tests.selfcare.fake_billing import NOON, FakeBilling

ON: Values = {"code": Digits("7"), "charge": Money(Decimal(0), "BYN")}
KEY = "0123456789abcdef:d1"


@pytest.fixture
async def billing() -> FakeBilling:
    return FakeBilling()


@pytest.fixture
async def harness(billing: FakeBilling, tmp_path: Path) -> AsyncIterator[Harness]:
    harness = await Harness.open(billing, tmp_path / "firstline.db", deadline=allowed(0.2))
    yield harness
    await harness.end()


@pytest.fixture
def operations(harness: Harness, billing: FakeBilling) -> AgentOperations:
    return AgentOperations(
        harness.store, harness.care, billing, RecordedIn("ru", "BYN"), lambda: harness.now
    )


def card(identity: Identity = "code-word", subscriber: int = 1) -> CardRecord:
    arrival = Arrival(
        channel="1.1",
        number=NUMBERS[subscriber],
        call="c1",
        subscriber=subscriber,
        language="ru",
        identity="caller",
    )
    return CardRecord(id=KEY[:16], agent="anna", arrival=arrival, opened=NOON, identity=identity)


async def kept(harness: Harness) -> AgentAction:
    [act] = await harness.store.read(agent_actions.of_card, KEY[:16])
    return act


async def test_an_action_is_idempotent_and_recorded_with_its_changes(
    harness: Harness, billing: FakeBilling, operations: AgentOperations
) -> None:
    for _ in range(2):
        result = await operations.do(card(), "service-on", ON, KEY, "попросил")
        assert result.answered.outcome == "ok"
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


async def test_the_result_has_the_account_before_and_after(operations: AgentOperations) -> None:
    result = await operations.do(card(), "service-on", ON, KEY, "попросил")
    assert result.before["services"] == Name({"": "—"})
    now = result.after["services"]
    assert isinstance(now, Name)
    assert (now.in_("ru"), now.in_("en")) == ("Домашний", "Home")


async def test_an_unknown_outcome_is_not_retried(
    harness: Harness, billing: FakeBilling, operations: AgentOperations
) -> None:
    billing.faults = ["lost-after"]
    result = await operations.do(card(), "service-on", ON, KEY, "попросил")
    assert result.answered == Answered("accepted")
    assert (
        await operations.do(card(), "service-on", ON, KEY, "попросил")
    ).answered == result.answered
    await harness.settle()
    assert billing.effects == {KEY: 1}


async def test_a_rejected_action_is_recorded(harness: Harness, operations: AgentOperations) -> None:
    inputs: Values = {**ON, "charge": Money(Decimal(5))}
    assert (
        await operations.do(card(), "service-on", inputs, KEY, "x")
    ).answered.outcome == "changed"
    assert (await kept(harness)).outcome == "changed"


async def test_charges_need_an_identified_caller(
    harness: Harness, billing: FakeBilling, operations: AgentOperations
) -> None:
    with pytest.raises(DeskUnavailable):
        await operations.do(card("caller"), "service-on", ON, KEY, "x")
    assert not billing.effects
    assert (await kept(harness)).identity == "caller"


async def test_an_unavailable_account_does_not_block_the_action(
    harness: Harness,
    billing: FakeBilling,
    operations: AgentOperations,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silent(_: int) -> int:
        raise TimeoutError

    monkeypatch.setattr(billing, "points", silent)
    assert (await operations.do(card(), "service-on", ON, KEY, "x")).answered.outcome == "ok"
    act = await kept(harness)
    assert (act.before, act.after, act.outcome) == ({}, {}, "ok")


async def test_free_actions_are_recorded_without_the_account(
    harness: Harness, operations: AgentOperations
) -> None:
    result = await operations.do(card("caller"), "apn-settings", {}, KEY, "нет интернета")
    assert (result.answered.outcome, result.before) == ("ok", {})
    assert (await kept(harness)).reason == "нет интернета"
    assert len(await harness.texts()) == 1


async def test_queries_are_not_recorded(harness: Harness, operations: AgentOperations) -> None:
    answered = await operations.ask(card("caller"), "balance", {})
    assert answered.values == {"balance": Money(Decimal("20.00"), "BYN")}
    assert await harness.store.read(agent_actions.of_card, KEY[:16]) == []


async def test_an_unavailable_store_rejects_the_action(
    harness: Harness, billing: FakeBilling, operations: AgentOperations
) -> None:
    await harness.store.close()
    with pytest.raises(DeskUnavailable):
        await operations.do(card(), "service-on", ON, KEY, "x")
    assert not billing.asked


async def test_an_unknown_caller_has_no_account(operations: AgentOperations) -> None:
    stranger = card("none")
    stranger = replace(stranger, arrival=replace(stranger.arrival, subscriber=None))
    assert (await operations.ask(stranger, "balance", {})).outcome == "unknown"


async def test_texts_about_a_subscriber_go_to_their_own_number_also_from_another_phone(
    harness: Harness, operations: AgentOperations
) -> None:
    usual = card()
    arrival = replace(usual.arrival, number="375170000009", about=NUMBERS[1])
    sent = await operations.do(replace(usual, arrival=arrival), "apn-settings", {}, KEY, "asked")
    assert sent.answered.outcome == "ok"
    [text] = (await harness.texts()).values()
    assert text.number == NUMBERS[1]
