"""One company from each of its sources: the same menus, without an error of the check."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from ari_app.freepbx import source, writer
from ari_app.freepbx.menus import menus
from ari_app.freepbx.selection import chosen
from ari_app.freepbx.tables import Tables
from tests.freepbx import rows
from tests.freepbx.companies import DIALPLAN, DUMP, backup, old_backup, sql

LANGUAGES = ("en", "ru")
NAMES = ("Касса", "Kassa", "Касса &amp; 'K\\'")


def imported(path: Path, kept: Path, **choice: Any) -> Mapping[str, Any]:
    """The files of an import, read as YAML."""
    kept.mkdir()
    company = source.read(path, kept).company
    drafted = menus(company, chosen(company, year=2026, languages=LANGUAGES, **choice))
    files = writer.files(drafted, "a test")
    return {name: yaml.load(text, yaml.BaseLoader) for name, text in files.items()}


@pytest.fixture(scope="module")
def of_dump(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The menus of the SQL dump."""
    return imported(DUMP, tmp_path_factory.mktemp("dump") / "kept")


@pytest.mark.parametrize("kind", ["backup", "old", "old-packed", "dialplan"])
def test_all_sources_of_one_company_give_the_same_menus(
    kind: str, tmp_path: Path, of_dump: Mapping[str, Any]
) -> None:
    path = {
        "backup": lambda: backup(tmp_path / "20261129-032000-1764386400-17.0.28-1.tar.gz"),
        "old": lambda: old_backup(tmp_path / "old.tgz", packed=False),
        "old-packed": lambda: old_backup(tmp_path / "old.tgz", packed=True),
        "dialplan": lambda: DIALPLAN,
    }[kind]()
    found = imported(path, tmp_path / "kept")
    texts = [name for name in of_dump if name.startswith("prompts/")]
    assert {name: found[name] for name in found if name not in texts} == {
        name: of_dump[name] for name in of_dump if name not in texts
    }
    assert [list(found[name]) for name in texts] == [list(of_dump[name]) for name in texts]


@pytest.mark.parametrize("seed", range(3))
def test_sources_of_any_company_give_the_same_menus(seed: int, tmp_path: Path) -> None:
    """Also where names are alike in Latin letters, or have quotes and entities in them."""
    made = rows.company(Random(seed))
    for ivr, name in zip(made["ivr_details"], NAMES, strict=True):
        ivr["name"] = name
    tables: Tables = {table: [*some] for table, some in made.items()}
    dumped = tmp_path / "random.sql"
    dumped.write_text(sql(tables))
    of_sql = imported(dumped, tmp_path / "of-sql")
    assert imported(backup(tmp_path / "b.tar.gz", tables), tmp_path / "of-backup") == of_sql
    assert len(of_sql[f"{rows.NUMBER}.yaml"]["nodes"]) >= 5


def test_hours_and_holidays_are_one_schedule_with_the_last_minute(
    of_dump: Mapping[str, Any],
) -> None:
    assert of_dump["hours-2.yaml"] == {
        "schedule": "hours-2",
        "timezone": "Europe/Minsk",
        "week": {"mon-fri": "09:00-19:00", "sat": "10:00-14:00"},
        "except": {"01-01": "closed", "12-24 to 12-26": "closed", "2030-07-05": "09:00-15:00"},
    }


def test_a_menu_has_its_keys_attempts_and_ways_out(of_dump: Mapping[str, Any]) -> None:
    nodes = of_dump["2700000.yaml"]["nodes"]
    assert nodes["ivr-1-menu"] == {
        "menu": "kupala-menu",
        "keys": {
            "0": "extension-201",
            "1": "ivr-2",
            "2": "queue-420",
            "3": "announcement-1",
            "7": "language-1",
        },
        "unread": ["0", "1", "2", "3", "7"],
        "wait": "8s",
        "between": "3s",
        "attempts": "3",
        "silent": "kupala-silent-menu",
        "wrong": "kupala-wrong",
        "gave-up": "extension-201",
        "unanswered": "ivr-1-menu-silent",
    }
    assert nodes["ivr-1-menu-silent"] == {"say": "to-operator", "then": "extension-201"}


def test_returns_lead_to_the_menu_before(of_dump: Mapping[str, Any]) -> None:
    nodes = of_dump["2700000.yaml"]["nodes"]
    assert nodes["ivr-2-menu"]["unanswered"] == "ivr-1-again"
    assert nodes["ivr-2-menu"]["keys"]["10"] == "ivr-1-again"
    assert nodes["ivr-1-again"] == {"set": {"menu": "ivr-1"}, "then": "ivr-1-menu"}
    assert nodes["announcement-1"]["gave-up"] == "ivr-1-menu"
    assert nodes["voicemail-202-back"] == {
        "branch": "menu",
        "when": {"ivr-3": "ivr-3-menu"},
        "else": "goodbye",
    }


def test_a_priority_and_a_caller_of_a_route_lead_to_a_queue_of_their_own(
    of_dump: Mapping[str, Any],
) -> None:
    nodes = of_dump["2700000.yaml"]["nodes"]
    assert of_dump["callers-of-2700000.yaml"]["entries"] == ["291112233"]
    assert nodes["caller-of-2700000"]["when"] == {"in callers-of-2700000": "priority-1"}
    assert nodes["priority-1"] == {"set": {"priority": "10"}, "then": "queue-430"}
    assert nodes["queue-430"]["when"] == {"10": "queue-430-priority-10"}
    assert nodes["queue-430-priority-10"]["priority"] == "10"
    assert nodes["queue-420"] == {
        "queue": "420",
        "on": {"ended": "goodbye", "left": "ivr-3"},
        "else": "group-610",
    }


def test_an_ivr_of_its_own_needs_no_value_of_the_call(tmp_path: Path) -> None:
    found = imported(DUMP, tmp_path / "kept", ivr="3", number="900")
    nodes = found["900.yaml"]["nodes"]
    assert found["900.yaml"]["start"] == "ivr-3"
    assert nodes["ivr-3"]["keys"] == {"1": "voicemail-202", "2": "not-imported-1"}
    assert nodes["voicemail-202"]["else"] == "ivr-3"


def test_an_extension_with_return_calls_and_comes_back(tmp_path: Path) -> None:
    nodes = imported(DUMP, tmp_path / "kept", ivr="2", number="900")["900.yaml"]["nodes"]
    assert nodes["ivr-2-menu"]["keys"]["10"] == "ivr-2-menu-key-10"
    assert nodes["ivr-2-menu-key-10"] == {
        "branch": "before-2",
        "when": {"ivr-1": "ivr-1-again"},
        "else": "ivr-2-menu-203",
    }
    assert nodes["ivr-2-menu-203"] == {
        "dial": "203",
        "ring": "60s",
        "on": {"ended": "ivr-2-menu"},
        "else": "ivr-2-menu",
    }


def test_times_that_cannot_be_read_are_named_and_stop_nothing(tmp_path: Path) -> None:
    sql = tmp_path / "freepbx.sql"
    text = DUMP.read_text("utf-8").replace("10:00-13:59|sat|*|*", "10:00-25:00|sat|*|*")
    sql.write_text(text, "utf-8")
    (tmp_path / "kept").mkdir()
    company = source.read(sql, tmp_path / "kept").company
    drafted = menus(company, chosen(company, year=2026, languages=LANGUAGES))
    [one] = [each for each in drafted.findings if each.what == "Time Condition 2"]
    assert one.outcome == "not imported"
    assert "25:00 is no time of day" in one.why
    assert drafted.nodes["hours-2"].body["then"] == "hours-1"
