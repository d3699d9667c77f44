"""A private Asterisk's life: it starts clean, beside others, and ends when it is asked to."""

import signal
import socket
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from asterisk_conf import private as unpacked
from asterisk_conf.discovery import Asterisk, PbxError, private
from asterisk_conf.pbx import Pbx
from asterisk_conf.private import make_private
from asterisk_conf.process import Process, alive, end, started
from tests.asterisk_conf.phone import Phone
from tests.deadlines import until
from tests.pbx_fixture import asterisk, free_ports, make_pbx, running_pbx

pytestmark = pytest.mark.live


def test_it_starts_without_a_complaint(tmp_path: Path) -> None:
    with running_pbx(tmp_path) as pbx:
        log = pbx.log.read_text(encoding="utf-8")
        assert "modules will be loaded" in log
        assert [line for line in log.splitlines() if "ERROR" in line or "WARNING" in line] == []
        assert (pbx.home / "output.log").read_text(encoding="utf-8") == ""


def test_every_module_that_is_named_exists_and_runs(pbx: Pbx) -> None:
    text = (pbx.site.paths.etc / "modules.conf").read_text(encoding="utf-8")
    named = {line.removeprefix("load = ") for line in text.splitlines() if line.startswith("load")}
    assert len(named) > 60
    assert {name for name in named if not (pbx.asterisk.modules / name).exists()} == set()
    shown = pbx.cli("module show").splitlines()
    running = {line.split()[0] for line in shown if " Running " in line}
    assert named - running == set()


def test_its_endpoints_and_queue_are_those_of_the_site(pbx: Pbx) -> None:
    shown = pbx.cli("pjsip show endpoints")
    assert "Objects found: 5" in shown
    assert "1001/375291000001" in shown
    assert "Ольга (PJSIP/agent1)" in pbx.cli("queue show support")


def test_its_files_are_for_its_user_alone(pbx: Pbx) -> None:
    for path in (pbx.home, *pbx.site.paths.etc.iterdir(), pbx.site.paths.run, pbx.site.paths.log):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def bound(protocol: str) -> set[str]:
    """All that this machine listens on, as ``address:port``; the kernel writes it in hex."""
    lines = Path("/proc/net", protocol).read_text().splitlines()[1:]
    ends = (line.split()[1].split(":") for line in lines)
    return {f"{socket.inet_ntoa(bytes.fromhex(at)[::-1])}:{int(port, 16)}" for at, port in ends}


def test_it_listens_at_the_configured_addresses(pbx: Pbx) -> None:
    """Media too: by default Asterisk would take them on every address."""
    ports = pbx.site.ports
    with Phone(ports.sip, "1001", "one") as phone:
        assert phone.dial("611") == 200
        udp, tcp = bound("udp"), bound("tcp")
        phone.hang_up()
    for port, used in (
        (ports.sip, udp),
        (phone.media[1], udp),
        (ports.sip, tcp),
        (ports.http, tcp),
        (ports.ami, tcp),
    ):
        assert f"127.0.0.1:{port}" in used
        assert f"0.0.0.0:{port}" not in used


def copied(whole: Path, root: Path) -> None:
    """A private root as the archive would make it again; the files are links."""
    subprocess.run(["cp", "-al", whole, root], check=True)


def test_starting_twice_and_stopping_twice_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is an upgrade while it runs; its console restarts it."""
    whole, root = asterisk().modules.parents[4], tmp_path / "root"
    copied(whole, root)
    monkeypatch.setattr(unpacked, "unpack", lambda part, *_: copied(whole, part))
    monkeypatch.setattr(unpacked, "_check", lambda _: None)
    monkeypatch.setattr(unpacked, "_trim", lambda _: None)
    found = private(root)
    assert found is not None
    pbx = Pbx(found, make_pbx(tmp_path).site, tmp_path)
    try:
        first = pbx.start().pid
        assert first is not None
        assert make_private(root, print, "", renew=True) == found
        assert not root.with_name("root.old").exists()
        pbx.cli("core restart now")
        until(lambda: "uptime: " in answered(pbx, "core show uptime"), 20)
        assert pbx.start().pid == first
        assert pbx.write() == ()
        assert pbx.stop() is True
        assert pbx.status().pid is None
        assert pbx.stop() is False
        with pytest.raises(PbxError, match="firstline pbx start"):
            pbx.cli("core show version")
    finally:
        pbx.stop()


def answered(pbx: Pbx, command: str) -> str:
    """What its console answers, "" while it restarts."""
    with suppress(PbxError):
        return pbx.cli(command)
    return ""


def test_two_run_side_by_side(pbx: Pbx, tmp_path: Path) -> None:
    with running_pbx(
        tmp_path / ("a-long-name-" * 12)
    ) as other:  # longer than a socket's path may be
        assert other.status().pid != pbx.status().pid
        assert "Objects found: 3" in other.cli("pjsip show endpoints")
    assert "Objects found: 5" in pbx.cli("pjsip show endpoints")


def test_one_that_was_killed_starts_again(tmp_path: Path) -> None:
    with running_pbx(tmp_path) as pbx:
        process = msgspec.json.decode((pbx.home / "process.json").read_bytes(), type=Process)
        assert end(process, signal.SIGKILL, 10)
        assert pbx.status().pid is None
        assert pbx.start().pid not in (None, process.pid)


def test_a_port_in_use_is_reported_before_the_start(tmp_path: Path) -> None:
    ports = free_ports()
    pbx = make_pbx(tmp_path, ports=ports)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", ports.sip))
        with pytest.raises(PbxError, match=rf"port {ports.sip}/udp is in use; set ports.sip"):
            pbx.start()
    assert pbx.status().pid is None


def test_one_that_ends_at_once_leaves_its_last_words(tmp_path: Path) -> None:
    pbx = make_pbx(tmp_path)
    script = "echo the disk is on fire; exit 1"
    pbx.asterisk = Asterisk(("/bin/sh", "-c", script, "sh"), "22", asterisk().modules, Path("/"))
    with pytest.raises(PbxError, match="the disk is on fire"):
        pbx.start()


def test_a_number_that_another_process_has_now_is_not_hit(tmp_path: Path) -> None:
    pbx = make_pbx(tmp_path)
    pbx.write()
    with subprocess.Popen(["sleep", "60"]) as other:
        began = started(other.pid)
        assert began is not None
        stale = Process(other.pid, began - 1)
        (pbx.home / "process.json").write_bytes(msgspec.json.encode(stale))
        assert pbx.stop() is False
        assert alive(Process(other.pid, began))
        other.kill()


def test_a_state_directory_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "asterisk").write_text("a file where a directory should be")
    with pytest.raises(PbxError, match="choose another --state"):
        make_pbx(tmp_path).write()


def test_a_private_copy_is_whole_or_made_again(tmp_path: Path) -> None:
    """Nothing here is downloaded: the whole one is kept, and the broken one is not taken for it."""
    whole = asterisk().modules.parents[4]
    assert private(whole) == asterisk()
    broken = tmp_path / "root"
    (broken / "usr/lib/x/asterisk/modules").mkdir(parents=True)
    assert private(broken) is None
    said: list[str] = []
    with pytest.raises(PbxError, match="cannot unpack Asterisk"):
        make_private(broken, said.append, "http://127.0.0.1:1/debian")
    assert broken.exists()
