"""What reports read of the store: one call whole, and the names of what callers hear."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.recorded import Conversation
from ari_app.desk.reports.asked import VIEWS, Asked
from ari_app.desk.reports.building import Reporter
from ari_app.desk.reports.labels import Labels
from ari_app.store import calls, cards, queue_calls
from ari_app.store.calls import CallBegan, CallEnded, StepTaken
from ari_app.store.cards import Card, TypedText
from ari_app.store.db import Store
from ari_app.store.queue_report import Rules
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ari_app.workplace.caller_profile import StoredProfiles
from ari_app.workplace.conversations import StoredConversations
from ari_app.workplace.reports import StoredReports
from ivr.acd.figures import SECOND, Stay
from tests import shipped
from tests.deadlines import pause, within
from tests.desk.harness import DeskHarness
from tests.operators import BELARUS
from tests.store.samples import NOON

AT = micros(NOON)
SPAN = AT - 3600 * SECOND, AT + 3600 * SECOND
STAY = Stay(
    channel="1.1", call="c1", queue="support", number="375990000001", joined=AT,
    answered=AT + SECOND, left=AT + SECOND, how="answered", agent="anna", ended=AT + 60 * SECOND,
)  # fmt: skip


class Recorded:
    """One recorded conversation, and which channels were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def of_channel(self, channel: str) -> Sequence[Conversation]:
        self.asked.append(channel)
        return [Conversation(3, NOON, "anna", "support", 60.0)]


class NoLiveCalls:
    def steps(self, _call: str) -> None:
        return None


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


def of(store: Store) -> tuple[StoredReports, Recorded]:
    menus = (shipped.texts(), shipped.menus().book)
    unused = cast(Any, None)
    profiles = StoredProfiles(
        store, unused, unused, cast(Any, NoLiveCalls()), lambda: menus, lambda: NOON, "Europe/Minsk"
    )
    recorded = Recorded()
    rules = Rules("Europe/Minsk", lambda _: 30 * SECOND)
    now = NOON + timedelta(hours=1)
    return (
        StoredReports(store, profiles, cast(StoredConversations, recorded), rules, lambda: now),
        recorded,
    )


@pytest.fixture
async def reports(store: Store) -> tuple[StoredReports, Recorded]:
    """Of a call that came to an agent, and of one that ended in the main menu."""
    records = [
        CallBegan(id, "ari", "611", "375990000001", None, "en", "611", "v1", NOON)
        for id in ("c1", "c2")
    ]
    steps = [
        StepTaken("c1", 0, NOON, "main", "menu", "main-menu", "0", "operator", "611", "0"),
        StepTaken("c1", 1, NOON, "support-queue", "queue", "", "", "ended", "agent", "ended"),
        StepTaken("c2", 0, NOON, "billing", "do", "", "", "ok", "611", "else"),
        StepTaken("c2", 1, NOON, "main", "menu", "main-menu", "", "gone", "611", "hung-up"),
    ]
    ended = [CallEnded(id, NOON + timedelta(minutes=1), "gone", 16) for id in ("c1", "c2")]
    await store.write(calls.add, [*records, *steps, *ended])
    await store.write(queue_calls.put, [STAY])
    await store.write(cards.open, Card(id="k1", agent="anna", channel="1.1", opened=NOON))
    for field, text in (("question", "Why more?"), ("topic", "money"), ("solved", "no")):
        await store.write(cards.save, TypedText("k1", field, field, text, NOON))
    return of(store)


async def test_a_call_is_whole(reports: tuple[StoredReports, Recorded]) -> None:
    one, recorded = reports
    whole = await one.of_stay(1)
    assert whole is not None
    assert whole.call is not None
    assert whole.path is not None
    assert [stay.channel for stay in whole.stays] == ["1.1"]
    assert (whole.call.id, whole.call.ended) == ("c1", NOON + timedelta(minutes=1))
    assert [step.what["en"] for step in whole.path.steps] == ["A person", "To a person"]
    [noted] = whole.contacts
    assert (noted.agent, noted.topic, noted.question, noted.solution, noted.solved) == (
        *("anna", "money", "Why more?"),
        *("", False),
    )
    assert [each.id for each in whole.recordings] == [3]
    assert recorded.asked == ["1.1"]
    assert await one.of_call("c1") == whole


async def test_a_call_that_came_to_no_queue_has_its_way_alone(
    reports: tuple[StoredReports, Recorded],
) -> None:
    one, recorded = reports
    whole = await one.of_call("c2")
    assert whole is not None
    assert (whole.stays, whole.contacts, whole.recordings) == ([], [], ())
    assert recorded.asked == []
    assert await one.of_call("c3") is None
    assert await one.of_stay(2) is None


async def test_what_callers_hear_names_the_steps(reports: tuple[StoredReports, Recorded]) -> None:
    one, _ = reports
    main, *others = await one.funnel(*SPAN, "611")
    assert others == []  # no one hears that it is asked which billing there is
    assert (main.calls.passed, main.calls.gone) == (2, 1)
    assert main.names["en"].startswith("For your balance")
    [queue] = await one.funnel(*SPAN, "agent")
    assert queue.queue == "support"
    assert await one.flows(*SPAN) == ["611", "agent"]
    assert (await one.containment(*SPAN))["611", "v1"].contained == 1
    assert [call.id for call in await one.gone_at(*SPAN, "611", "main", 9)] == ["c2"]


async def test_without_the_store_there_is_no_report(
    reports: tuple[StoredReports, Recorded], store: Store
) -> None:
    await store.close()
    with pytest.raises(DeskUnavailable):
        await reports[0].funnel(*SPAN, "611")


async def test_calls_are_counted_beforehand(
    reports: tuple[StoredReports, Recorded], store: Store
) -> None:
    counting = asyncio.create_task(reports[0].run(0.01))

    def counted(db: Database) -> int:
        return int(db.conn.execute("select sum(calls) from menu_quarters").fetchone()[0] or 0)

    async with within(10):
        while not await store.read(counted):
            await pause(0.01)
    counting.cancel()
    one, _ = reports
    [main] = await one.funnel(*SPAN, "611")
    assert main.calls.passed == 2


async def test_an_installation_without_calls_has_empty_reports(store: Store) -> None:
    one, _ = of(store)
    labels = Labels(DeskHarness().desk.render, "en")
    for view in VIEWS:
        asked = Asked(since=NOON.date(), until=NOON.date(), view=view)
        built = await Reporter(one, "Europe/Minsk").built(asked, labels)
        assert not any(
            cell.value for table in built.tables for row in table.rows for cell in row.cells
        )
