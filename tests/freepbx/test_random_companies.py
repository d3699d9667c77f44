"""Random companies: calls through what is imported go as FreePBX's own rules lead them."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from ari_app.commands.flow_tests import load_flows
from ari_app.freepbx import dialplan, plain, writer
from ari_app.freepbx.draft import DraftMenus
from ari_app.freepbx.menus import menus
from ari_app.freepbx.selection import chosen
from ari_app.freepbx.tables import company
from ari_app.main.installation import installation
from ari_app.sim import run
from ari_app.sim.script import Press, Silence, Step, Test, Wait
from ivr.engine import Step as Taken
from ivr.events import Bridged
from ivr.problems import Place
from ivr.wants import Ask, Dial, Enqueue, Say, Want
from tests.freepbx import plain_rows, rows

NOWHERE = Place("", 1, 1)
CALLED = ("201", "202", "600", "*201", "*202", "80291234567")
CALLS = 15


async def heard(bench: run.TestBench, at: datetime, keys: Sequence[str]) -> list[str]:
    """What a caller comes to in the menus, in the words of :class:`rows.Call`."""
    found, left = list[str](), iter(keys)

    async def acts() -> Step:
        key = next(left, None)
        return Step(Wait(600) if key is None else Press(key) if key else Silence(), NOWHERE)

    def watch(_: float, what: Taken | Want | str) -> None:
        match what:
            case Enqueue():
                found.append(f"queue {what.queue} {what.priority or ''}")
            case Dial():
                found.append(f"dial {what.number}")
            case Ask() | Say():
                for phrase in what.screen.phrases:
                    if re.fullmatch(r"rec-(\d)(?:-\d)?", phrase.prompt):
                        found.extend(SOUNDS.get(phrase.prompt[-1], ()))

    given = {("dial", number): (Bridged("ended"),) for number in CALLED}
    test = Test(
        test="any",
        call=rows.NUMBER,
        as_="unknown",
        at=at,
        given={**given, ("queue", "400"): (Bridged("timeout"),)},
    )
    await run.run_test(bench, test, acts, watch)
    return list(rows.without_repeats(found))


SOUNDS = {**{n: [f"ivr-{n}"] for n in "123"}, "6": ["announcement 1"], "7": ["announcement 2"]}


@pytest.mark.parametrize("seed", [7, 19, *range(101, 107)])
async def test_calls_go_where_freepbx_leads_them(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    of = rows.company(chance)
    bench = imported(of, tmp_path)
    for call in calls(of, chance):
        if not (call.endless or call.mixed):
            await same(bench, call)


@pytest.mark.parametrize("seed", [7, 19, 201, 202, 203])
async def test_a_dialplan_by_hand_leads_calls_where_freepbx_does(tmp_path: Path, seed: int) -> None:
    """Calls with silences and wrong keys in one menu, too: there both count in one variable."""
    chance = Random(seed)
    of = plain_rows.company(chance)
    found = dialplan.contexts(plain_rows.dialplan(of).splitlines())
    drafted = plain.menus(found, plain_rows.START, rows.NUMBER, languages=("en",), year=2026)
    left = [one for one in drafted.findings if one.outcome == "not imported"]
    assert [one.why for one in left if not one.what.startswith("Circle ")] == []
    by_hand, freepbx = bench_of(drafted, tmp_path / "plain"), imported(of, tmp_path / "freepbx")
    for call in calls(of, chance):
        if not call.endless:
            await same(by_hand, call)
            if not call.mixed:
                await same(freepbx, call)


def imported(of: rows.Rows, directory: Path) -> run.TestBench:
    """What is imported from rows of FreePBX."""
    found = company({table: [*some] for table, some in of.items()})
    return bench_of(menus(found, chosen(found, year=2026, languages=("en",))), directory)


def bench_of(drafted: DraftMenus, directory: Path) -> run.TestBench:
    """A bench for menus; raises if the check finds an error in them."""
    state = directory / "state"
    state.mkdir(parents=True)
    (state / "firstline.toml").write_text('[site]\nlanguages = ["en"]\nqueues = ["400"]\n')
    for name, text in writer.files(drafted, "a test").items():
        (directory / "menus" / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / "menus" / name).write_text(text)
    return load_flows(installation(state), directory / "menus").bench


def calls(of: rows.Rows, chance: Random) -> Iterator[rows.Call]:
    """Calls at any time, with keys that menus have, silences, and a key that none has."""
    keyed = {one["selection"] for one in of["ivr_entries"]}
    wrong = next(key for key in rows.KEYS if key not in keyed)
    for _ in range(CALLS):
        at = datetime(2026, 1, 1) + timedelta(minutes=chance.randrange(5 * 365 * 1440))
        failing = chance.choice(("", wrong))
        some = (*sorted(keyed - {"i", "t"}), failing)
        yield rows.Call(of, at, [chance.choice(some) for _ in range(6)])


async def same(bench: run.TestBench, call: rows.Call) -> None:
    """Check that a call comes to the same in menus of ours."""
    expected = list(rows.without_repeats(call.heard))
    ours = await heard(bench, call.at, call.keys)
    assert (ours[: len(expected)] if call.open else ours) == expected, (call.at, call.keys)
