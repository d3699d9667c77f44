"""`firstline quality`: what is wrong with score cards, and what was scored."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from ari_app.config.state import State
from ari_app.store import quality
from ari_app.store.sqlite import Database
from tests.commands.conftest import Run
from tests.operators import BELARUS
from tests.store.quality_statements import SCORE

SHIPPED = Path(__file__).parents[2] / "docs" / "examples" / "quality" / "service.yaml"


def test_cards_are_checked(demo: State, run: Run) -> None:
    assert "make it, or name another" in run("quality", "check").stderr
    directory = demo.directory / "quality"
    directory.mkdir()
    (directory / "service.yaml").write_bytes(SHIPPED.read_bytes())
    assert run("quality", "check").stdout == f"{directory}: 1 score cards, no faults\n"
    faulty = directory / "faulty.yaml"
    faulty.write_text("title: { en: T }\nqueues: [nowhere]\n")
    failed = run("quality", "check")
    assert failed.exit_code == 1
    assert f"{faulty}:2:10: unknown-queue: the site has no queue nowhere" in failed.stdout
    assert f"{faulty}:1:1: missing-key: sections is missing" in failed.stdout


def test_scores_are_listed_and_shown(demo: State, run: Run) -> None:
    assert "no conversation was scored" in run("quality", "list").stderr
    with closing(Database(sqlite3.connect(demo.database), BELARUS)) as db, db.conn:
        id = quality.put(db, replace(SCORE, at=datetime.now(UTC)))
    listed = run("quality", "list").stdout
    assert f"{SCORE.agent}  85%  service  by boss" in listed
    assert run("quality", "list", "--agent", "x").stdout == ""
    shown = run("quality", "show", str(id)).stdout
    for part in ("greeted: 1/1", "identified: does not apply", "solved: 4/5 (slow)", "boss: Good"):
        assert part in shown, part
    [one] = json.loads(run("quality", "list", "--json").stdout)
    assert one["answers"]["solved"] == {"mark": 4, "note": "slow"}
    assert json.loads(run("quality", "show", str(id), "--json").stdout)["id"] == id
    assert "there is no score 99" in run("quality", "show", "99").stderr
