"""`firstline tasks`, on a store of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import json

from ari_app.config.state import State
from ari_app.store import subscribers
from ari_app.store.subscribers import Subscriber
from tests.commands.conftest import Run
from tests.commands.test_calls import NUMBER, written

ONE = Subscriber(0, NUMBER, "Vera", "ru", "minsk", None, None, datetime.now(UTC))
Said = Callable[..., str]


@pytest.fixture
def said(state: State, run: Run) -> Said:
    """What a command prints, errors too; there are an agent and a subscriber."""
    written(state, lambda db: subscribers.add(db, [ONE]))
    run("agents", "add", "anna", "--full-name", "Anna", "--extension", "701")

    def saying(*words: str, code: int = 0) -> str:
        result = run("tasks", *words)
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.output

    return saying


def test_a_task_is_added_listed_and_done(said: Said) -> None:
    mine = said("add", "Call the van", "--due", "2h", "--owner", "anna", "--by", "boss")
    assert mine.startswith("the task is added, due 20")
    said("add", "  Count   the modems ", "--due", "1d", "--number", NUMBER, "--by", "boss")
    first, second = said("list").splitlines()
    assert first.endswith("  anna  Call the van  from boss")
    assert second.endswith("  anyone  Count the modems  Vera, …0001  from boss")
    assert said("list", "--owner", "") == f"{second}\n"
    [one] = json.decode(said("list", "--owner", "", "--json"))
    assert (one["number"], one["author"], one["name"]) == (NUMBER, "boss", "Vera")
    left = datetime.fromisoformat(one["due"]) - datetime.fromisoformat(one["created"])
    assert abs(left - timedelta(days=1)) < timedelta(minutes=1)
    assert said("done", "1") == "task 1 is done\n"
    assert said("list") == f"{second}\n"
    assert "no task 1 is open" in said("done", "1", code=1)


def test_what_cannot_be_added_is_refused_with_the_reason(said: Said) -> None:
    add = ("add", "Call", "--due")
    assert "there is no agent eve" in said(*add, "2h", "--owner", "eve", code=1)
    assert "is not a time" in said(*add, "soon", code=2)
    assert "12 has 2 digits — write all 9" in said(*add, "2h", "--number", "12", code=2)
    assert "write 1 to 500 letters" in said("add", " ", "--due", "2h", code=2)
    assert said("list") == ""


def test_the_list_of_an_owner_is_not_cut_by_those_of_others(
    said: Said, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.commands.tasks.MOST", 1)
    said("add", "Later", "--due", "2d", "--by", "boss")
    for due in ("1h", "2h"):
        said("add", f"In {due}", "--due", due, "--owner", "anna", "--by", "boss")
    assert said("list", "--owner", "").endswith("  anyone  Later  from boss\n")
    assert said("list", "--owner", "anna").endswith("  anna  In 1h  from boss\n")
    with closing(sqlite3.connect(state.database)) as db:
        made = db.execute("select what, subject, who from changes where what like 'tasks%'")
        assert made.fetchall()[0] == ("tasks add", "Later", "boss")
