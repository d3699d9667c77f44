"""`firstline hours`, on a store of its own."""

import asyncio
from pathlib import Path

import pytest

from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.control.server import serve_control
from tests.commands.conftest import CLAIMS, Run
from tests.control.fake_handlers import handlers
from tests.docs.markdown import CHANGING, fences, section


def test_what_happens_on_new_years_eve(run: Run) -> None:
    said = run("hours", "show", "claims", "--at", "2026-12-31T23:59").stdout.splitlines()
    assert said[:4] == [
        "claims at 2026-12-31 23:59 (Europe/Minsk): closed until Sat 2027-01-02 22:00",
        "  outside exception 2026-12-31 09:00-12:00",
        "  from Sat 2027-01-02 22:00 open (sat 22:00-02:00)",
        "  from Sun 2027-01-03 02:00 closed (sun closed)",
    ]
    assert "  from Thu 2027-01-07 18:00 closed" in "\n".join(said)
    assert said[-1] == "  every week closed Sunday 02:00 to Monday 09:00"


def test_the_example_of_the_documentation(run: Run, tmp_path: Path) -> None:
    example, said = fences(section(CHANGING.read_text(), "Opening hours"))
    (tmp_path / "menus" / "claims.yaml").write_text(example.text)
    printed = run("hours", "show", "claims", "--at", "2026-12-31T23:59").stdout
    assert printed.startswith(said.text)


def test_forcing_and_freeing(run: Run, state: State) -> None:
    assert run("hours", "list").stdout.startswith("claims: ")
    assert not state.database.exists()
    order = ("--until", "2h", "--by", "anna", "--why", "fire drill")
    done = run("hours", "force", "claims", "closed", *order)
    assert done.stdout.startswith("claims is forced closed until ")
    assert "it is stored; Firstline does not run here" in done.stderr
    listed = run("hours", "list").stdout
    assert listed.startswith("claims: closed until ")
    assert "(forced closed by anna until " in listed
    assert listed.endswith(": fire drill)\n")
    assert " anna: forced closed until " in run("hours", "show", "claims").stdout
    assert "fire drill" not in run("hours", "show", "claims", "--at", "3h").stdout.splitlines()[1]

    assert run("hours", "free", "claims", "--by", "boris").stdout == "claims is in force again\n"
    assert "forced" not in run("hours", "list").stdout
    assert run("hours", "free", "claims").stdout == "claims was not forced\n"
    assert " boris: freed" in run("hours", "show", "claims").stdout


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("show", "clams"), "there is no schedule clams: did you mean claims?"),
        (("force", "clams", "open", "--until", "2h"), "there is no schedule clams"),
        (
            ("force", "claims", "open", "--until", "2020-01-01T10:00"),
            "is in the past: write a future time",
        ),
        (("force", "claims", "open", "--until", "soon"), "'soon' is not a time: write 2h"),
        (("force", "claims", "shut", "--until", "2h"), "'shut' is not one of"),
        (("show", "claims", "--at", "noon"), "'noon' is not a time"),
    ],
)
def test_what_is_refused_says_what_to_do(run: Run, words: tuple[str, ...], printed: str) -> None:
    done = run("hours", *words)
    assert done.exit_code != 0
    assert printed in done.stderr


@pytest.mark.parametrize(
    ("changes", "printed"),
    [
        ({"mon-fri": "mon-foo"}, ":3:9: wrong-hours: 'foo' is no weekday"),
        ({"18:00": "25:00"}, ":3:18: wrong-hours: 25:00 is no time of day"),
        ({"Europe/Minsk": "Europe/Minks"}, ":2:11: unknown-zone: "),
        ({"timezone": "zone"}, ":2:1: unknown-key: "),
    ],
)
def test_a_schedule_with_faults(
    run: Run, tmp_path: Path, changes: dict[str, str], printed: str
) -> None:
    text = CLAIMS
    for one, other in changes.items():
        text = text.replace(one, other)
    (tmp_path / "menus" / "claims.yaml").write_text(text)
    done = run("hours", "list")
    assert done.exit_code == 1
    assert f"claims.yaml{printed}" in done.stderr


def test_a_schedule_that_stands_twice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "menus" / "other.yaml").write_text(CLAIMS)
    assert "twin-schedule: schedule claims is used in " in run("hours", "list").stderr


async def test_the_application_is_printed_after_the_order_is_written(
    run: Run, state: State
) -> None:
    written: list[str] = []

    async def refresh() -> None:
        written.append(await asyncio.to_thread(lambda: run("hours", "list").stdout))

    async with serve_control(state.control, handlers(refresh=refresh), LiveFeed()):
        done = await asyncio.to_thread(run, "hours", "force", "claims", "open", "--until", "2h")
    assert done.stderr == ""
    assert len(written) == 1
    assert "forced open" in written[0]
