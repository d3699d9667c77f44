"""`firstline plan`, on a store of its own."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import json

from ari_app.config.state import State
from ari_app.store import quarters, queue_calls
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from ivr.acd.figures import SECOND, Stay, quarter
from tests.commands.conftest import Run
from tests.operators import BELARUS

ZONE = ZoneInfo("Europe/Minsk")
NOON = datetime.now(ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
DAY = NOON + timedelta(days=1)
SHIFT = '[shifts.early]\nhours = "12:00-14:00"\ndays = "mon-sun"\nagents = 9\nqueue = "support"\n'
HOLIDAY = f'[staffing]\nholidays = ["{DAY:%m-%d}"]\n'


def called(day: datetime, calls: int, queue: str = "support") -> list[Stay]:
    """Calls of three minutes in the half hour from noon; each tenth gives up after 40 s."""
    found = []
    for each in range(calls):
        at = micros(day.astimezone(UTC)) + each * 15 * SECOND
        if each % 10 == 9:
            end = {"how": "abandoned", "left": at + 40 * SECOND}
        else:
            after = at + 10 * SECOND
            end = {"how": "answered", "left": after, "answered": after, "agent": "anna"}
            end |= {"ended": after + 150 * SECOND, "wrap": 30 * SECOND}
        found.append(Stay(channel=f"{day:%m%d}.{queue}.{each}", queue=queue, joined=at, **end))  # type: ignore[arg-type]
    return found


@pytest.fixture
def history(state: State) -> State:
    """Four weeks of the weekday of tomorrow, and a Sunday."""

    def put(db: Database) -> None:
        stays = [
            stay
            for week in range(1, 5)
            for queue, calls in (("support", 100), ("claims", 10))
            for stay in called(DAY - timedelta(weeks=week), calls, queue)
        ]
        queue_calls.put(db, stays)
        for at in {quarter(stay.joined) for stay in stays}:
            quarters.count(db, at, lambda _: 30 * SECOND)

    async def putting() -> None:
        store = await Store.open(state.database, BELARUS)
        await store.write(put)
        await store.close()

    asyncio.run(putting())
    return state


@pytest.mark.usefixtures("history")
def test_tomorrow_is_planned_from_the_last_weeks(run: Run) -> None:
    head, _, row, *rest = run("plan").stdout.splitlines()
    assert head == f"{DAY:%A %Y-%m-%d}, all queues: 80% within 30 s, 30% of a shift away"
    assert row.split() == ["12:00", "110.0", "±0.0", "180s", "14", "12", "18"]
    assert rest[0] == "110 calls from 4 days like it, usually 0% wrong by half hours"
    assert rest[1] == "patience 130 s; 9.0 agents' hours are needed"
    assert "[shifts.NAME]" in rest[2]
    options = ("--queue", "support", "--level", "95", "--within", "10", "--away", "0", "--json")
    done = json.decode(run("plan", *options, "--day", f"{DAY:%Y-%m-%d}").stdout)
    [line] = [each for each in done["plan"]["lines"] if each["expected"]["calls"]]
    assert (line["minute"], line["endless"], line["patient"], line["rostered"]) == (
        *(720, 16, 16, 16),
    )


def test_shifts_stand_against_it(run: Run, history: State) -> None:
    with (history.directory / "firstline.toml").open("a") as settings:
        settings.write(SHIFT)
    found = run("plan", "--queue", "support").stdout.splitlines()
    assert "9.0 there" in found[2]
    assert found[2].endswith("too few")
    assert found[-2].endswith("18.0 are there")
    assert found[-1].startswith("with these shifts ")
    assert "there" not in run("plan", "--queue", "claims").stdout.split("agents")[0]


def test_a_holiday_without_examples_is_like_a_sunday(run: Run, history: State) -> None:
    with (history.directory / "firstline.toml").open("a") as settings:
        settings.write(HOLIDAY)
    found = run("plan").stdout
    sunday = DAY.weekday() == 6
    assert ("nothing is expected" in found) is not sunday


def test_what_is_wrong_is_said(run: Run) -> None:
    for wrong in (("--day", "soon"), ("--queue", "suport"), ("--level", "120")):
        assert run("plan", *wrong).exit_code == 2
