"""Which changed files a running Asterisk reads at once, and which wait for its next start."""

import os
from pathlib import Path
from typing import cast

import pytest

from asterisk_conf.pbx import Pbx, Status
from asterisk_conf.reload import PHONES_AND_QUEUES, Reload

FILES = {
    "pjsip.conf": "[transport]\nbind = 127.0.0.1:5060\n[anna]\n",
    "queues.conf": "[support]\n",
    "extensions.conf": "exten => 611\n",
    "modules.conf": "load = a.so\n",
}


class FakePbx:
    """An Asterisk as far as a reload sees it; it notes the commands of its console."""

    def __init__(self, home: Path) -> None:
        self.home = self.etc = home
        self.wanted = dict(FILES)
        self.pid: int | None = 1
        self.calls = 0
        self.commands: list[str] = []
        self.write()

    @property
    def site(self) -> "FakePbx":
        return self

    @property
    def paths(self) -> "FakePbx":
        return self

    def write(self) -> tuple[str, ...]:
        before = {file.name: file.read_text() for file in self.etc.glob("*.conf")}
        for name, text in self.wanted.items():
            (self.etc / name).write_text(text)
        return tuple(name for name, text in self.wanted.items() if before.get(name) != text)

    def status(self) -> Status:
        return Status(self.pid, "22")

    def cli(self, command: str) -> str:
        self.commands.append(command)
        return f"{self.calls} active channels\n0 calls processed\n"

    def stop(self) -> bool:
        self.pid = None
        return True


@pytest.fixture
def pbx(tmp_path: Path) -> FakePbx:
    return FakePbx(tmp_path)


def reload(pbx: FakePbx) -> Reload:
    return Reload(cast(Pbx, pbx))


def test_only_what_changed_is_read(pbx: FakePbx) -> None:
    pbx.wanted["queues.conf"] += "member => anna\n"
    assert reload(pbx).apply() == ()
    assert pbx.commands == ["queue reload all"]
    pbx.wanted["pjsip.conf"] += "[boris]\n"
    assert reload(pbx).apply() == ()
    assert "module reload res_pjsip.so" in pbx.commands


def test_files_of_the_administrator_may_have_changed_beside_ours(pbx: FakePbx) -> None:
    assert reload(pbx).apply(PHONES_AND_QUEUES) == ()
    assert {"dialplan reload", "queue reload all", "module reload res_pjsip.so"} <= {*pbx.commands}


def test_ports_and_modules_wait_for_a_start_and_are_not_forgotten(pbx: FakePbx) -> None:
    pbx.wanted["pjsip.conf"] = pbx.wanted["pjsip.conf"].replace("5060", "5070")
    assert reload(pbx).apply() == ("pjsip.conf",)
    pbx.wanted["modules.conf"] += "load = b.so\n"
    assert reload(pbx).apply() == ("modules.conf", "pjsip.conf")
    assert pbx.commands == []
    assert reload(pbx).apply() == ("modules.conf", "pjsip.conf"), "it runs with the old ones still"
    reload(pbx).start_again()
    pbx.pid = 2
    assert reload(pbx).apply() == ()


def test_a_start_reads_everything(pbx: FakePbx) -> None:
    pbx.wanted["modules.conf"] += "load = b.so\n"
    assert reload(pbx).apply() == ("modules.conf",)
    pbx.pid = None
    assert reload(pbx).apply() == ()
    pbx.pid = 2
    assert reload(pbx).apply() == ()


def test_a_start_by_its_own_service_is_a_start(pbx: FakePbx) -> None:
    pbx.wanted["modules.conf"] += "load = b.so\n"
    assert reload(pbx).apply() == ("modules.conf",)
    (pbx.home / "process.json").touch()
    os.utime(pbx.home / "restart.json", (0, 0))
    assert reload(pbx).apply() == ()


@pytest.mark.parametrize(("calls", "idle"), [(0, True), (2, False), (10, False)])
def test_idle_is_without_a_call(pbx: FakePbx, calls: int, idle: bool) -> None:
    pbx.calls = calls
    assert reload(pbx).is_idle() is idle
