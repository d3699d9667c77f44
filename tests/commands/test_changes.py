"""What commands change by hand is recorded with who did it."""

import json

import pytest

from tests.commands.conftest import Run

ANNA = ("--by", "anna")


@pytest.mark.usefixtures("demo")
def test_each_change_is_recorded_with_who_made_it(run: Run) -> None:
    run("agents", "add", "vera", "--full-name", "Vera", "--extension", "741", *ANNA)
    run("agents", "role", "vera", "senior", "--by", "boris")
    run("agents", "password", "vera", "--generate", *ANNA)
    run("agents", "sign-out", "vera", *ANNA)
    run("agents", "remove", "vera", "--yes", *ANNA)
    run("hours", "force", "claims", "closed", "--until", "2h", "--why", "fire drill", *ANNA)
    run("hours", "free", "claims", *ANNA)
    run("announce", "add", "--everyone", "--text", "ru=Пожар.", "--until", "2h", *ANNA)
    run("announce", "extend", "1", "--until", "3h", *ANNA)
    run("announce", "cancel", "1", "--mended", *ANNA)
    made = [(one["who"], one["what"], one["subject"], one["detail"]) for one in listed(run)]
    assert made == [
        ("anna", "announce cancel", "1", "mended"),
        ("anna", "announce extend", "1", made[1][3]),
        ("anna", "announce add", "everyone", "Пожар."),
        ("anna", "hours free", "claims", ""),
        ("anna", "hours force closed", "claims", "fire drill"),
        ("anna", "agents remove", "vera", ""),
        ("anna", "agents sign-out", "vera", ""),
        ("anna", "agents password", "vera", ""),
        ("boris", "agents role", "vera", "senior"),
        ("anna", "agents add", "vera", "agent, 741"),
    ]
    assert [one["what"] for one in listed(run, "--by", "boris")] == ["agents role"]
    assert "boris  agents role  vera  senior" in run("changes").stdout


@pytest.mark.usefixtures("demo")
def test_what_changed_nothing_is_not_recorded(run: Run) -> None:
    run("hours", "free", "claims", *ANNA)
    run("callbacks", "done", "7", *ANNA)
    run("complaints", "close", "7", "--answer", "Sorry.", *ANNA)
    assert listed(run) == []


def listed(run: Run, *options: str) -> list[dict[str, str]]:
    """What `firstline changes` lists for scripts."""
    found: list[dict[str, str]] = json.loads(run("changes", "--json", *options).stdout)
    return found
