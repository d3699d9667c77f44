"""`firstline backup` and `firstline restore`."""

import json
import os
from pathlib import Path

import msgspec

from ari_app.config.state import State
from ari_app.main.installation import installation
from asterisk_conf.process import Process, started
from tests.commands.conftest import Run


def test_a_backup_has_what_cannot_be_made_again(demo: State, run: Run, tmp_path: Path) -> None:
    demo.keys()
    done = run("backup", str(tmp_path / "backup"), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["files"] == len(list((tmp_path / "backup").rglob("*.*"))) - 1
    assert "copying the database" in done.stderr
    again = run("backup", str(tmp_path / "backup"))
    assert again.exit_code == 1
    assert "is there already: name a new directory" in again.stderr

    pepper = demo.keys().pepper.reveal()
    (demo.directory / "secrets.toml").unlink()
    demo.database.unlink()
    (tmp_path / "menus" / "claims.yaml").unlink()
    done = run("restore", str(tmp_path / "backup"), "--yes")
    assert done.exit_code == 0, done.stderr
    assert "Next: `firstline up`" in done.stdout
    assert demo.keys().pepper.reveal() == pepper
    assert (tmp_path / "menus" / "claims.yaml").exists()
    assert "375990000001" in run("subscribers", "list", "--json").stdout


def test_a_running_application_keeps_its_secrets(demo: State, run: Run, tmp_path: Path) -> None:
    demo.keys()
    run("backup", str(tmp_path / "backup"))
    (demo.directory / "secrets.toml").unlink()
    demo.keys()
    me = Process(os.getpid(), started(os.getpid()) or 0)
    demo.process.write_bytes(msgspec.json.encode(me))
    refused = run("restore", str(tmp_path / "backup"), "--yes")
    assert refused.exit_code == 1
    assert "has other secrets than the Firstline that runs" in refused.stderr


def test_a_lost_database_is_not_replaced_by_an_empty_one(demo: State, run: Run) -> None:
    demo.database_made.touch()
    demo.database.unlink()
    refused = run("agents", "add", "eva", "--full-name", "Eva", "--extension", "703")
    assert refused.exit_code == 1
    assert "is lost: restore a backup with `firstline restore`" in refused.stderr
    assert not demo.database.exists()


def test_where_a_restore_was_refused_no_demo_begins(run: Run, tmp_path: Path) -> None:
    empty = installation(tmp_path / "empty")
    refused = run("--state", str(empty.directory), "restore", str(tmp_path / "no-backup"))
    assert "this is no whole backup" in refused.stderr
    done = run("--state", str(empty.directory), "up", "--detach")
    assert done.exit_code == 3
    assert "its restore was refused: restore a whole backup" in done.stderr
    assert not empty.settings.exists()
