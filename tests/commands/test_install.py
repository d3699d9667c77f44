"""Firstline as a service: what is written where, and what is removed again."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.admin.service_files import Service
from ari_app.cli import main
from ari_app.config.state import FILE
from ari_app.main import service
from tests.deadlines import within

PROGRAM = "/opt/firstline/bin/firstline"
UNITS = "etc/systemd/system"
SERVICES = ("firstline", "firstline-asterisk")


@pytest.fixture(autouse=True)
def no_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of systemd are not run: not every machine has them."""
    monkeypatch.setattr(shutil, "which", lambda _: None)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def written(root: Path) -> list[str]:
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())


def test_two_services_apart(tmp_path: Path) -> None:
    done = run("install", "--root", str(tmp_path), "--program", PROGRAM)
    assert done.exit_code == 0, done.output
    assert written(tmp_path) == [
        "etc/fail2ban/filter.d/firstline.conf",
        "etc/fail2ban/jail.d/firstline.conf",
        "etc/logrotate.d/firstline",
        f"{UNITS}/firstline-asterisk.service",
        f"{UNITS}/firstline.service",
        "etc/sysusers.d/firstline.conf",
        "etc/tmpfiles.d/firstline.conf",
        "usr/local/sbin/firstline",
    ]
    application = (tmp_path / UNITS / "firstline.service").read_text()
    asterisk = (tmp_path / UNITS / "firstline-asterisk.service").read_text()
    state = "--state /var/lib/firstline"
    assert f"ExecStart={PROGRAM} {state} up --no-asterisk --log json\n" in application
    assert f"ExecStart={PROGRAM} {state} pbx run\n" in asterisk
    assert "Requires=" not in application + asterisk, "the stop of one ends the other"
    for unit in (application, asterisk):
        assert {"Type=notify", "User=firstline", "ProtectSystem=strict", "NoNewPrivileges=yes"} <= {
            *unit.splitlines()
        }
    command = tmp_path / "usr/local/sbin/firstline"
    assert command.stat().st_mode & 0o777 == 0o755
    assert command.read_text().startswith("#!/bin/sh\n")
    assert subprocess.run(["sh", "-n", command]).returncode == 0


def test_systemd_understands_the_units_and_finds_them_safe(tmp_path: Path) -> None:
    """``--threshold=15`` is 1.5 of a scale from 0, the safest, to 10. No systemd needs to run."""
    run("install", "--root", str(tmp_path), "--program", "/usr/bin/true")
    units = [str(tmp_path / UNITS / f"{name}.service") for name in SERVICES]
    understood = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True
    )
    assert (understood.returncode, understood.stdout + understood.stderr) == (0, "")
    for unit in units:
        command = ["systemd-analyze", "security", "--offline=yes", "--threshold=15", unit]
        safe = subprocess.run(command, capture_output=True, text=True)
        assert safe.returncode == 0, safe.stdout + safe.stderr


@pytest.mark.parametrize("word", ["status", "uninstall"])
def test_the_command_runs_as_the_user_of_the_service(tmp_path: Path, word: str) -> None:
    """But for what only root can do; tools of the test say what they are run with."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, says in {
        "id": "echo 0",
        "runuser": 'echo "runuser $@"',
        "fl": 'echo "fl $@"',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{says}\n")
        (tools / name).chmod(0o755)
    run("install", "--root", str(tmp_path), "--program", f"{tools}/fl")
    words = ["sh", str(tmp_path / "usr/local/sbin/firstline"), word]
    who = {"PATH": f"{tools}:/bin", "SUDO_USER": "anna"}  # what they change is recorded as theirs
    said = subprocess.run(words, env=who, capture_output=True, text=True)
    as_user = f"runuser -u firstline -- env LOGNAME=anna {tools}/fl status\n"
    assert said.stdout == (as_user if word == "status" else "fl uninstall\n"), said.stderr


def test_again_writes_what_differs_and_an_asterisk_of_others_has_no_unit(tmp_path: Path) -> None:
    words = ("install", "--root", str(tmp_path), "--program")
    run(*words, "/old")
    assert "write" not in run(*words, "/old").output.replace("next: write", "")
    assert "etc/systemd/system/firstline.service" in run(*words, PROGRAM).output
    own = tmp_path / UNITS / "firstline-asterisk.service"
    assert own.exists()
    done = run(*words, PROGRAM, "--no-asterisk")
    assert f"remove {own}\n" in done.output
    assert [name for name in written(tmp_path) if UNITS in name] == [f"{UNITS}/firstline.service"]
    own.write_text("# of the administrator\n")
    run(*words, PROGRAM, "--no-asterisk")
    assert own.exists()


def test_who_is_not_root_hears_what_root_has_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = run("install", "--root", str(tmp_path), "--program", PROGRAM)
    enable = f"systemctl --root={tmp_path} enable firstline-asterisk.service firstline.service"
    assert f"as root run `{enable}`" in done.output


@pytest.mark.parametrize("command", [["up", "--no-watch"], ["pbx", "run"]])
def test_a_mistake_in_the_settings_is_no_reason_to_start_again(
    tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / FILE).write_text("[site]\nqueus = []\n")
    done = run("--state", str(tmp_path), *command)
    assert (done.exit_code, "queus" in done.output) == (3, True), done.output
    units = Service(PROGRAM).files()
    for unit in ("firstline.service", "firstline-asterisk.service"):
        assert "\nRestartPreventExitStatus=3\n" in units[Path("/") / UNITS / unit]


def test_what_others_wrote_stays(tmp_path: Path) -> None:
    run("install", "--root", str(tmp_path), "--program", PROGRAM)
    own = tmp_path / "etc/logrotate.d/firstline"
    own.write_text("# of the administrator\n")
    kept = tmp_path / "var/lib/firstline/firstline.db"
    kept.parent.mkdir(parents=True)
    kept.touch()
    assert "stay" in run("uninstall", "--root", str(tmp_path)).output
    assert written(tmp_path) == ["etc/logrotate.d/firstline", "var/lib/firstline/firstline.db"]
    assert run("uninstall", "--root", str(tmp_path), "--purge", "--yes").exit_code == 0
    assert not kept.parent.exists()


def test_a_look_writes_nothing(tmp_path: Path) -> None:
    done = run("install", "--root", str(tmp_path), "--program", PROGRAM, "--dry-run")
    assert f"write {tmp_path}/{UNITS}/firstline.service" in done.output
    assert not written(tmp_path)


def test_a_program_that_a_service_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/home/anna/venv/bin/python")
    done = run("install", "--root", str(tmp_path))
    assert done.exit_code == 1
    assert "cannot run Firstline from /home/anna/venv/bin/python" in done.output
    assert not written(tmp_path)


async def test_the_manager_hears_that_the_loop_runs(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.setblocking(False)
        environment = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "20000"}
        service.notify("READY=1", environment)
        watching = asyncio.create_task(service.watchdog(environment))
        loop = asyncio.get_running_loop()
        async with within(5):
            heard = [await loop.sock_recv(manager, 100) for _ in range(3)]
        watching.cancel()
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    service.notify("READY=1", environment)  # the manager is gone
    service.notify("READY=1", {})
