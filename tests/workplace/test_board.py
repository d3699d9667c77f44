"""The figures of the board from a real store."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ari_app.ami.client import Headers
from ari_app.ami.queue_actions import QueueActions
from ari_app.commands.queue_figures import of_agents
from ari_app.desk.admin.administration import Outcome, PutQueues, Request
from ari_app.desk.board.board_port import CanaryNow
from ari_app.desk.reports.asked import Asked as Period
from ari_app.store import (
    agent_states,
    canaries,
    quarters,
    queue_calls,
    queue_report,
    subscribers,
    webhooks,
)
from ari_app.store.canaries import Canary
from ari_app.store.db import Store
from ari_app.store.queue_report import Rules
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ari_app.workplace.board import StoredBoard
from ivr.acd.canary import CanaryFigures
from ivr.acd.figures import QUARTER, SECOND, Span, Stay, quarter, together
from tests.desk.fake_administration import FakeAdministration
from tests.operators import BELARUS
from tests.store import test_queue_report
from tests.store.samples import subscriber

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
"""12:40 in Minsk, a Tuesday."""
ZONE = "Europe/Minsk"
IN_TIME = 30


def stay(minutes_ago: float, waited: int, *, agent: str = "anna", queue: str = "support") -> Stay:
    """A caller who was answered by ``agent``, or abandoned without one."""
    joined = micros(NOW) - round(minutes_ago * 60) * SECOND
    left = joined + waited * SECOND
    return Stay(
        channel=f"{joined}.{queue}",
        queue=queue,
        joined=joined,
        left=left,
        how="answered" if agent else "abandoned",
        answered=left if agent else None,
        agent=agent,
        ended=left + 100 * SECOND if agent else None,
        wrap=20 * SECOND if agent else None,
    )


def stored(db: Database, stays: Sequence[Stay]) -> None:
    queue_calls.put(db, stays)
    for at in {quarter(one.joined) for one in stays}:
        quarters.count(db, at, lambda _: IN_TIME * SECOND)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await Store.open(tmp_path / "firstline.db", BELARUS, patience=0.2)
    yield one
    await one.close()


class Asked:
    """AMI, which remembers what it was asked."""

    def __init__(self) -> None:
        self.actions: list[dict[str, str]] = []

    async def __call__(self, action: str, **values: str) -> Headers:
        self.actions.append({"Action": action, **values})
        return {}


def of(
    store: Store,
    asked: Asked | None = None,
    mail: Callable[[str], None] = lambda _: None,
    now: datetime = NOW,
    zone: str = ZONE,
) -> StoredBoard:
    return StoredBoard(
        store,
        QueueActions(asked or Asked()),
        FakeAdministration(),
        lambda: {"support": (), "technical": ("boris",)},
        lambda _: IN_TIME,
        lambda: now,
        zone,
        mail,
    )


async def test_the_day_is_counted_from_midnight_of_the_site(store: Store) -> None:
    day = [
        stay(13 * 60, 10),  # yesterday in Minsk, and today in UTC + 1
        stay(300, 10),
        stay(299, 40),
        stay(50, 90, agent=""),
        stay(20, 20, agent="boris"),
        stay(3, 2, agent=""),  # short
        stay(2, 7, queue="claims"),
    ]
    await store.write(stored, day)
    found = await of(store).figures()
    support = found.today["support"]
    assert (support.answered, support.in_time) == (3, 2)
    assert (support.abandoned, support.short) == (1, 1)
    assert found.today["claims"].answered == 1
    hour = found.hour["support"]
    assert (hour.answered, hour.abandoned_late, hour.service_level) == (1, 1, 0.5)
    assert sum(one.answered for _, one in found.quarters) == 4
    assert [at for at, _ in found.quarters] == [
        NOW.replace(hour=4, minute=30) + number * timedelta(minutes=15) for number in range(21)
    ], "those without a call, too"
    assert found.lately["support"] == (0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1)
    assert found.in_time == {"support": 30, "claims": 30}
    assert found.agents["anna"].calls == 3


async def test_board_reports_and_command_count_the_same(store: Store) -> None:
    """At the end of a day of 25 hours, of calls over midnight, called back, and transferred."""
    day = date(2026, 10, 25)
    now = datetime(2026, 10, 25, 23, 55, tzinfo=ZoneInfo(test_queue_report.ZONE))
    random = Random(4)
    every = (test_queue_report.made(random, place) for place in range(600))
    stays = [one for one in every if max(one.joined, one.left or 0, one.ended or 0) <= micros(now)]

    def put(db: Database) -> None:
        queue_calls.put(db, stays)
        for at in range(quarter(test_queue_report.SINCE), micros(now), QUARTER):
            quarters.count(db, at, lambda _: IN_TIME * SECOND)

    await store.write(put)
    board = await of(store, now=now, zone=test_queue_report.ZONE).figures()
    period = Period(since=day, until=day).chosen(test_queue_report.ZONE)
    rules = Rules(test_queue_report.ZONE, lambda _: IN_TIME * SECOND)
    assert board.today == await store.read(queue_report.sums, period, "queue", rules)
    total = together(board.today.values())
    assert together(one for _, one in board.quarters) == total
    assert await store.read(queue_report.sums, period, "day", rules) == {str(day): total}
    by_agent = await store.read(queue_report.sums, period, "agent", rules)
    listed = of_agents(
        [one for one in stays if one.joined >= period.since], (), period.since, period.until
    )
    counts = {name: one.answered for name, one in by_agent.items() if name}
    assert {name: one.calls for name, one in board.agents.items()} == counts
    assert {one.agent: one.answered for one in listed} == counts
    assert min(total.callback, total.transferred, total.abandoned, total.waiting) > 0


async def test_a_canary_that_runs_is_compared(store: Store) -> None:
    assert (await of(store).figures()).canary is None
    begun = Canary(began=NOW, by="vera", share=10, until=NOW, before=1, tried=2)
    await store.write(canaries.add, begun)
    found = (await of(store).figures()).canary
    assert found == CanaryNow(10, NOW, CanaryFigures())
    await store.write(canaries.finish, 1, NOW, "whole", "", "vera")
    assert (await of(store).figures()).canary is None


async def test_a_quarter_hour_that_is_not_counted_yet_is_none_less(store: Store) -> None:
    """What joined in the last hour is counted by its stays: it need not be rolled up."""
    await store.write(queue_calls.put, [stay(40, 10), stay(1, 10)])
    found = await of(store).figures()
    assert found.today["support"].answered == 2


async def test_what_is_usual_is_that_of_the_same_weekday(store: Store) -> None:
    week = 7 * 24 * 60
    stays = [stay(week + 60, 5), stay(week + 61, 5), stay(week - 60, 5), stay(2 * week + 90, 5)]
    lasting = [stay(week + 9, 5), stay(week + 8, 5), stay(week - 1, 5)]
    await store.write(stored, stays + lasting)
    found = (await of(store).figures()).usual
    assert found == 2, "of 1, and of 2 and two thirds of the 3 in a quarter hour: 2.5"
    assert (await of(store).figures()).today == {}


async def test_agents_are_occupied_by_calls(store: Store) -> None:
    begin = quarter(micros(NOW)) - QUARTER
    spans = [
        Span(agent="anna", state="ready", since=begin, until=begin + QUARTER),
        Span(agent="anna", state="talking", since=begin + QUARTER),
    ]

    def put(db: Database) -> None:
        agent_states.put(db, spans)
        quarters.count(db, begin, lambda _: 0)

    await store.write(put)
    found = await of(store).figures()
    talked = (micros(NOW) - begin - QUARTER) / SECOND
    assert found.agents["anna"].calls == 0
    assert found.agents["anna"].occupancy == pytest.approx(talked / (talked + 900))
    assert found.doing["anna"].state == "talking"


async def test_agents_are_put_into_a_queue_and_out_of_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Request]] = []

    async def change(_: object, by: str, request: Request) -> Outcome | None:
        asked.append((by, request))
        return None

    monkeypatch.setattr(FakeAdministration, "change", change)
    board = of(store)
    assert await board.put("vera", "anna", "technical", serves=True)
    assert asked == [("vera", PutQueues("anna", frozenset({"technical"})))], "she is unknown here"
    assert board.queues() == ("support", "technical")


async def test_a_caller_is_moved_by_the_dialplan(store: Store) -> None:
    asked = Asked()
    await of(store, asked).move("support", "PJSIP/carrier-1", "queue-claims")
    assert [one["Action"] for one in asked.actions] == ["Setvar", "QueueWithdrawCaller"]
    assert asked.actions[0]["Value"] == "queue-claims"


async def test_names_and_alarms(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    mailed: list[str] = []
    board = of(store, mail=mailed.append)
    assert list(await board.names({1, 99})) == [1]
    await store.write(webhooks.subscribe, {"crm": ["alarm.began", "alarm.ended"]})
    await board.alarmed("wait", "support", 61.23, 60, "a caller waits", over=False)
    await board.alarmed("wait", "support", 61.23, 60, "over", over=True)
    assert mailed == ["a caller waits", "over"]
    [sent] = await store.read(webhooks.due, "crm", NOW + timedelta(seconds=1), 9)
    assert (sent.event.event, sent.event.about) == ("alarm.began", "alarm support")
    assert bytes(sent.event.data) == b'{"kind":"wait","queue":"support","value":61.2,"limit":60}'
