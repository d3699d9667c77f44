"""What the nightly comparison finds, and what it does not take for a difference."""

from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ari_app.statistics.reconciliation import Reconciled, billed, last_day, read, reconciled
from ari_app.store import calls, queue_calls
from ari_app.store.calls import CallBegan, CallEnded, StepTaken
from ari_app.store.db import Store
from ivr.acd.figures import Origin
from tests.statistics.world import (
    NAMES,
    NOON,
    World,
    abandons,
    answered,
    at,
    ends,
    joins,
    leaves,
    micro,
)

HOUR = timedelta(hours=1)


async def compared(world: World, store: Store) -> Reconciled:
    await world.stays()
    logins = dict(NAMES)
    found = read(world.log, None, NOON, NOON + HOUR)
    return await store.read(
        reconciled, NOON, NOON, NOON + HOUR, *found, lambda name: logins.get(name, name)
    )


def day(world: World) -> None:
    world.take(joins("a", 0.2), *answered("a", 4.9), joins("b", 3), *abandons("b", 20))
    world.take(ends("a", 64.2))
    world.record.stays.back("c", "support", "full", Origin())
    world.write(
        "0|a|NONE|ENTERQUEUE||1|1",
        "3|b|NONE|ENTERQUEUE||1|2",
        "4|a|Ольга Лис|CONNECT|4|leg|1",
        "20|b|NONE|ABANDON|1|2|17",
        "64|a|Ольга Лис|COMPLETEAGENT|4|60|1",
    )


async def test_a_record_that_agrees(world: World, store: Store) -> None:
    day(world)
    done = await compared(world, store)
    assert (done.stays, done.logged, done.billed, done.differ) == (3, 2, None, 0)


async def test_each_difference_is_named(world: World, store: Store) -> None:
    day(world)
    world.take(joins("mine", 100), joins("other", 200), *abandons("other", 210))
    world.take(joins("later", 300), *abandons("later", 310))
    world.write(
        "50|theirs|NONE|ENTERQUEUE||1|1",
        "200|other|NONE|ENTERQUEUE||1|1",
        "210|other|NONE|EXITWITHTIMEOUT|1|1|10",
        "300|later|NONE|ENTERQUEUE||1|1",
        "330|later|NONE|ABANDON|1|1|30",
        "4000|tomorrow|NONE|ENTERQUEUE||1|1",
    )
    done = await compared(world, store)
    assert {one.channel: one.what for one in done.differences} == {
        "theirs": "it is not recorded, but in Asterisk's log",
        "mine": "Asterisk's log does not have it",
        "other": "it ended as abandoned, by the log as timeout",
        "later": "`left` differs by 20 s from the log",
    }


async def test_an_agreed_call_back_is_no_difference_whatever_ended_the_wait(
    world: World, store: Store
) -> None:
    day(world)
    world.take(joins("late", 100))
    world.record.stays.back("late", "support", "timeout", Origin())
    world.take(leaves("late", 160))
    world.write("100|late|NONE|ENTERQUEUE||1|1", "160|late|NONE|EXITWITHTIMEOUT|1|1|60")
    await world.stays()
    for channel in ("late", "c"):
        await store.write(queue_calls.set_how, channel, "callback")
    done = await compared(world, store)
    assert done.differ == 0, done.differences


async def test_steps_of_queues_without_a_stay(world: World, store: Store) -> None:
    day(world)

    def call(id: str, since: float, until: float) -> list[calls.Record]:
        began = CallBegan(id, "ari", "611", "", None, "ru", "611", "v", at(since))
        step = StepTaken(id, 1, at(until), "q", "queue", "", "", "ended")
        return [began, step, CallEnded(id, at(until), "ended", 16)]

    await store.write(calls.add, [*call("of a", -5, 64.2), *call("unseen", 10, 90)])
    await store.write(calls.add, call("of b", -5, 10))
    done = await compared(world, store)
    assert {one.what for one in done.differences} == {
        "call unseen was in queues 1 times, 0 stays are recorded",
        "it is not within its call of b",
    }


def test_the_cdrs_of_queues(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    row = (
        '"","1","611","in","","PJSIP/1","","{}","support","{}","","","9","0","ANSWERED","","{}",""'
    )
    rows = [
        row.format("Queue", "2026-11-25 12:10:00", "a"),
        row.format("Hangup", "2026-11-25 12:10:00", "b"),
        row.format("Queue", "2026-11-25 13:10:00", "c"),
    ]
    file.write_text("\n".join(rows))
    assert list(billed(file, NOON, NOON + HOUR)) == ["a"]


def test_the_last_day_of_a_site_also_when_the_clock_changes() -> None:
    zone = ZoneInfo("Europe/Berlin")
    since, until = last_day(NOON.replace(month=10, day=26), zone)
    assert (since.isoformat(), until.isoformat()) == (
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
    )
    assert last_day(NOON, UTC) == (NOON - 36 * HOUR, NOON - 12 * HOUR)


async def test_the_night_compares_the_day_before(world: World) -> None:
    world.write("-40000|lost|NONE|ENTERQUEUE||1|1", "-39000|lost|NONE|ABANDON|1|1|9")
    world.take(joins("a", 0))
    await world.look(70)
    first = world.record.reconciled
    assert first is not None
    assert first.differ == 0
    await world.restarted().restore()
    assert world.record.reconciled == first
    for second in range(3600, 46000, 240):
        await world.look(second)
    after = world.record.reconciled
    assert after is not None
    assert after.since == micro(-43200)
    assert [one.channel for one in after.differences] == ["lost", "a"]
