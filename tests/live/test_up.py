"""Bringing up and taking down: what is said when it cannot be done."""

import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from asterisk_conf.process import started
from tests.deadlines import until
from tests.live.installation import Installation

pytestmark = pytest.mark.live


def refused(one: Installation, *words: str) -> str:
    """What a command that fails says: one error, no traceback."""
    done = one.run(*words)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr, done.stderr
    assert "Error: " in done.stderr
    return done.stderr


def test_up_detached_status_and_down(tmp_path: Path) -> None:
    one = Installation(tmp_path / "state", fresh=True)
    try:
        assert "ready" in one.out("up", "--detach")
        report = one.status()
        assert report.running
        assert report.asterisk.startswith(("20", "21", "22", "23"))
        assert len(report.subscribers) == 50
        assert set(report.pids) == {"asterisk", "voice", "application", "watcher"}
        outage = ("--everyone", "--text-ru", "Авария.", "--until", "1h")
        assert one.run("announce", "add", *outage).stderr.count("\n") == 1  # of the languages
        assert "runs here already" in refused(one, "up").replace(f"in {one.state}", "here")
    finally:
        said = one.out("down")
    assert "Firstline stopped" in said
    assert not one.status().running
    assert not [pid for pid in report.pids.values() if started(pid)]
    assert "nothing is running" in one.out("down")
    assert "nothing is running" in one.out("down", "--state", str(tmp_path))


def test_a_taken_port(tmp_path: Path) -> None:
    one = Installation(tmp_path / "state")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", one.ports.sip))
        said = refused(one, "up")
    assert str(one.ports.sip) in said
    assert "is in use" in said


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("[menu]\ndirectory = 1", "there is no section [menu]: did you mean menus?"),
        ("[site]\nhosst = 1", "[site] has no hosst: did you mean host?"),
        ("[voice]\nrate = 1000", "rate"),
        ("[site", "correct the TOML"),
        ('[menus]\ndirectory = "/nowhere"', "there is no flow"),
        ('[site]\nhost = "127.0.0.1\\nx"', "is no IP address"),
        ('[site]\nnumbers = ["611\\n"]', "numbers"),
    ],
)
def test_wrong_settings(tmp_path: Path, settings: str, reason: str) -> None:
    one = Installation(tmp_path / "state", settings)
    assert reason in refused(one, "up")


def test_a_broken_flow(tmp_path: Path) -> None:
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "a.yaml").write_text('flow: "1"\nlanguages: [ru]\nstart: nowhere\nnodes: {}\n')
    one = Installation(tmp_path / "state", f'[menus]\ndirectory = "{menus}"')
    assert f"{menus}/a.yaml:3:8: unknown-node: there is no node nowhere" in refused(one, "up")


def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    one = Installation(tmp_path / "state")
    with closing(sqlite3.connect(one.state / "firstline.db")) as db:
        values = "(migration_set, name, applied_at) values ('firstline', 'from_the_future', '3026')"
        db.execute(f"insert into _sqlite_migrations {values}")
        db.commit()
    assert "a newer Firstline wrote this database" in refused(one, "up")


def test_no_asterisk(tmp_path: Path) -> None:
    one = Installation(tmp_path / "state")
    toml = one.state / "firstline.toml"
    toml.write_text(re.sub("(?m)^path = .*$", 'path = "/nowhere/asterisk"', toml.read_text()))
    assert "has no Asterisk 20 or later" in refused(one, "up")


def test_a_state_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one = Installation(tmp_path / "state")
    one.state = tmp_path / "file" / "state"
    assert "cannot be written" in refused(one, "up", "--detach")


def test_a_killed_application_leaves_no_lie(tmp_path: Path) -> None:
    """After a crash `status` says that nothing runs, and `down` ends what is left."""
    one = Installation(tmp_path / "state")
    one.up()
    pids = one.status().pids
    one.kill()
    assert not one.status().running
    assert "Asterisk stopped" in one.out("down")
    until(lambda: not any(started(pid) for pid in pids.values()), 10)
