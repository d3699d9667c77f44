"""`firstline import freepbx`: files, check, tests, recordings and the report."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from prompts.telephone import playable, seconds
from tests.freepbx.companies import DIALPLAN, DUMP, backup


def firstline(tmp_path: Path, *args: str | Path) -> Result:
    """Run a command in an installation of its own, without demo data."""
    state = tmp_path / "state"
    if not state.exists():
        state.mkdir()
        (state / "firstline.toml").write_text(
            '[operator]\nname = "Kupala"\ncountry = "BY"\ncurrency = "BYN"\n'
            '[site]\nlanguages = ["en", "ru"]\nnumbers = ["2700000", "2700001"]\n'
            'queues = ["420", "430"]\ntimezone = "Europe/Minsk"\ndemo = false\n',
            "utf-8",
        )
    return CliRunner().invoke(main, ["--state", str(state), *map(str, args)])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """An import of a backup, and what it printed."""
    tmp_path = tmp_path_factory.mktemp("import")
    path = backup(tmp_path / "backup.tar.gz")
    return tmp_path, firstline(tmp_path, "import", "freepbx", path, "--into", tmp_path / "menus")


def test_what_is_imported_passes_the_check_and_its_tests(done: tuple[Path, Result]) -> None:
    tmp_path, result = done
    assert result.exit_code == 0, result.output
    checked = firstline(tmp_path, "flows", "check", tmp_path / "menus")
    *warnings, summary = checked.output.splitlines()
    assert summary == "no errors, 2 warnings in 1 flow with 29 nodes"
    assert "no-wrong: after a wrong key the same prompt is repeated" in warnings[0]
    assert "slow-key: the key 1 takes effect after 5 s only, since 10 is a key" in warnings[1]
    tested = firstline(tmp_path, "flows", "test", tmp_path / "menus")
    assert tested.exit_code == 0, tested.output
    assert tested.output.startswith("29 tests")


def test_a_call_goes_through_it(done: tuple[Path, Result]) -> None:
    tmp_path, _ = done
    called = firstline(
        tmp_path, "flows", "simulate", "2700000", "--menus", tmp_path / "menus",
        "--at", "2026-11-30T10:00", "--press", "1,2",
    )  # fmt: skip
    assert called.exit_code == 0, called.output
    assert "ivr-2-menu (menu)  played kupala-orders-1-2  key 2  -> group-610" in called.output


def test_recordings_are_joined_and_converted(done: tuple[Path, Result]) -> None:
    tmp_path, _ = done
    own = tmp_path / "menus" / "recordings" / "en"
    assert {path.stem for path in own.iterdir()} == {
        "kupala-menu", "kupala-wrong", "kupala-silent-menu", "kupala-where", "kupala-closed",
        "kupala-orders-1-2", "kupala-wait",
    }  # fmt: skip
    assert all(playable(path) for path in own.iterdir())
    assert seconds(str(own / "kupala-orders-1-2")) == pytest.approx(1.0, abs=0.01)
    assert seconds(str(own / "kupala-menu")) == pytest.approx(0.5, abs=0.01)


def test_the_report_names_each_object(done: tuple[Path, Result]) -> None:
    tmp_path, result = done
    report = (tmp_path / "menus" / "import.md").read_text("utf-8")
    assert report in result.output
    for line in (
        "| Queue 430 | Orders | imported | queue-430 |",
        "| IVR 2 | Kupala: orders & the baker's | changed | ivr-2-menu |",
        "| Destination firstline,611,1 |   | not imported | not-imported-1 |",
        "| Misc Application 777 | The main menu, from inside | left out |",
        "- ru/kupala-menu: there is no recording custom/kupala-menu",
        "`firstline,2700000,1`",
    ):
        assert line in report


def test_nothing_is_replaced_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    menus = tmp_path / "menus"
    dry = firstline(tmp_path, "import", "freepbx", DUMP, "--into", menus, "--dry-run")
    assert (dry.exit_code, menus.exists()) == (0, False)
    assert "| IVR 3 | Kupala: wait | imported | ivr-3-menu |" in dry.output
    menus.mkdir()
    (menus / "hours-2.yaml").write_text("mine")
    refused = firstline(tmp_path, "import", "freepbx", DUMP, "--into", menus)
    assert refused.exit_code == 1
    assert "hours-2.yaml exists: choose another directory" in refused.output
    assert [path.name for path in menus.iterdir()] == ["hours-2.yaml"]


def test_a_dialplan_without_its_queues_says_what_is_not_known(tmp_path: Path) -> None:
    alone = Path(shutil.copy(DIALPLAN, tmp_path))
    dry = firstline(tmp_path, "import", "freepbx", alone, "--into", tmp_path / "m", "--dry-run")
    assert "keys that leave a queue are not known" in dry.output


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("--did", "999"), "there is no inbound route 999: there are 2700000, 2700001"),
        (("--ivr", "9"), "there is no IVR 9: there are 1 (Kupala: main), 2 (Kupala: orders"),
        (("--ivr", "2"), "nothing dials IVR 2 directly: give it a number with --number"),
    ],
)
def test_a_beginning_that_is_not_there_is_named(
    tmp_path: Path, args: tuple[str, str], text: str
) -> None:
    found = firstline(tmp_path, "import", "freepbx", DUMP, "--into", tmp_path / "menus", *args)
    assert (found.exit_code, text in found.output) == (1, True), found.output
