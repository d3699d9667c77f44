"""`firstline agent` before any call: who is meant, and what is printed when it cannot work."""

from pathlib import Path

import pytest

from tests.commands.conftest import Run


@pytest.mark.parametrize(
    ("who", "printed"),
    [
        ("borys", "Error: there is no agent borys: did you mean boris?"),
        ("700", "Error: there is no agent 700: known: anna, boris"),
    ],
)
@pytest.mark.usefixtures("demo")
def test_who_is_unknown_is_printed_who_is_known(run: Run, who: str, printed: str) -> None:
    done = run("agent", "--as", who)
    assert (done.exit_code, done.stderr) == (1, f"{printed}\n")


@pytest.mark.parametrize("who", [(), ("--as", "anna"), ("--as", "701")])
@pytest.mark.usefixtures("demo")
def test_while_nothing_runs_it_says_what_to_do(run: Run, who: tuple[str, ...]) -> None:
    done = run("agent", *who)
    assert done.exit_code == 1
    assert done.stderr == "Error: Firstline does not run here: start it with `firstline up`\n"


def test_before_the_first_start_there_is_no_agent(run: Run) -> None:
    done = run("agent")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "`firstline up`" in done.stderr


@pytest.mark.parametrize("time", ["", "soon", "2h", "s", "-1", "1m2m"])
def test_what_is_no_time(run: Run, time: str) -> None:
    done = run("agent", "--answer-after", time)
    assert done.exit_code == 2
    assert "write 2s, 0.5s or 1m30s" in done.stderr


def test_what_is_no_sound(run: Run, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words")
    done = run("agent", "--say", str(tmp_path / "words.txt"))
    assert done.exit_code == 2
    assert "words.txt is not a readable WAV file" in done.stderr
