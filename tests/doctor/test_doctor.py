"""The doctor against an Asterisk in order, and against one that is broken for each finding.

A directory of `samples` has the files of a good Asterisk; each other one has what is different in a
broken one, and the name of the one finding that this must give. `facts.json` has what is not in
files.
"""

import ast
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.doctor import modules
from ari_app.doctor.conf import parsed
from ari_app.doctor.examine import GROUPS, examined
from ari_app.doctor.facts import Facts, Live
from ari_app.doctor.findings import EXIT_CODES, Finding
from ari_app.doctor.version import advisories, number
from asterisk_conf.queue_nodes import QueueNode
from asterisk_conf.render import render
from asterisk_conf.site import Site
from tests.asterisk_conf.conftest import TRUNKS
from tests.docs.markdown import DOCTOR, code, section, tables
from tests.pbx_fixture import DEMO

FREEPBX = Path(__file__).with_name("freepbx")
SAMPLES = Path(__file__).with_name("samples")
GOOD = SAMPLES / "good"
BROKEN = sorted(one.name for one in SAMPLES.iterdir() if one != GOOD)
NAMED = frozenset(modules.NEEDED) | frozenset(modules.PHONES)
"""The modules that a running Asterisk should have."""


def files(name: str) -> dict[str, str]:
    """The files of a sample over those of the good one."""
    found = {file.name: file.read_text() for file in GOOD.glob("*.conf")}
    return found | {file.name: file.read_text() for file in (SAMPLES / name).glob("*.conf")}


def facts(name: str) -> Facts:
    """The facts of a sample; what runs has all modules, unless it says otherwise."""
    extra = SAMPLES / name / "facts.json"
    more: dict[str, Any] = msgspec.json.decode(extra.read_bytes()) if extra.exists() else {}
    if "live" in more:
        more["live"]["modules"] = [*NAMED, *more["live"]["modules"]]
    etc = "/etc/asterisk"
    text = {f"{etc}/{file}": text for file, text in files(name).items()}
    return msgspec.convert({"etc": etc, "files": text, **more}, Facts)


def test_a_good_asterisk_has_no_finding() -> None:
    assert examined(facts("good")) == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_one_has_its_finding_and_no_other(name: str) -> None:
    found = examined(facts(name))
    own = [one for one in found if one.id == name]
    assert own
    brought = {"ari-origins": {"ari-open"}, "ami-web": {"ari-open"}}.get(name, set())
    assert {one.id for one in found} - {name} == brought
    assert all(one.where and one.text and one.change for one in own)


@pytest.mark.parametrize(
    ("name", "where", "change"),
    [
        ("ari-open", "http.conf:3", "bindaddr = 127.0.0.1"),
        ("ari-off", "http.conf:1", "[general] bindaddr = 127.0.0.1"),
        ("ami-open", "manager.conf:4", "bindaddr = 127.0.0.1"),
        ("no-dead-man", "extensions.conf:15", "exten => T,1,Goto(firstline-fallback,s,1)"),
        ("keys-logged", "logger.conf:6", "messages.log => [json]notice,warning,error"),
        ("low-writetimeout", "manager_custom.conf:1", "writetimeout = 1000"),
        ("no-rtp-timeout", "pjsip.conf:15", "rtp_timeout = 20"),
        ("module-missing", "modules.conf", "load = res_pjsip_dtmf_info.so"),
        ("own-name", "/etc/hosts", "127.0.1.1 pbx1"),
        ("advisories", "Asterisk", "install 22.10.1 or later"),
    ],
)
def test_it_names_the_place_and_the_line_to_change(name: str, where: str, change: str) -> None:
    [found] = [one for one in examined(facts(name)) if one.id == name]
    assert found.where.removeprefix("/etc/asterisk/") == where
    assert found.change == change


@pytest.mark.parametrize("name", ["no-fallback", "no-time-limit", "no-dead-man"])
def test_a_call_that_several_workers_may_claim_is_looked_at_alike(name: str) -> None:
    found = offered(name, "StasisBroadcast(500,^(other|firstline)$,")
    assert [one.id for one in found] == [name]
    assert "Stasis()" not in found[0].text


@pytest.mark.parametrize(
    ("handed", "ours"),
    [
        ("StasisBroadcast(", True),
        ("StasisBroadcast(500,,", True),
        ("StasisBroadcast(500,^first.*,", True),
        ("StasisBroadcast(500,^(first,", True),
        ("StasisBroadcast(500,^firstline-2$,", False),
        ("StasisBroadcast(500,^other$,firstline:", False),
        ("Stasis(firstline-2,", False),
    ],
)
def test_a_call_is_offered_to_whom_the_filter_matches(handed: str, ours: bool) -> None:
    """To all without one, or with one that is no regular expression."""
    assert [one.id for one in offered("no-fallback", handed)] == ["no-fallback"] * ours


def offered(name: str, handed: str) -> Sequence[Finding]:
    """What is found where callers are handed over in another way."""
    broken = facts(name)
    files = {file: text.replace("Stasis(firstline,", handed) for file, text in broken.files.items()}
    assert files != broken.files
    return examined(msgspec.structs.replace(broken, files=files))


def test_files_in_the_form_of_freepbx_are_read(tmp_path: Path) -> None:
    """Each file includes one that FreePBX writes and one of the administrator's own."""
    words = ["--state", str(tmp_path), "doctor", "--json", "--config", str(FREEPBX)]
    said = CliRunner().invoke(main, words)
    found = msgspec.json.decode(said.stdout)
    assert {(one["id"], Path(one["where"]).name) for one in found} == {
        ("ari-open", "http_additional.conf:3"),
        ("keys-to-ami", "manager.conf:11"),
        ("low-websocket-write-timeout", "ari_general_additional.conf:3"),
        ("low-sessionlimit", "http_additional.conf:5"),
        ("no-dead-man", "extensions_custom.conf:1"),
    }
    assert said.exit_code == 2


def test_what_a_phone_in_the_browser_lacks_is_named_piece_by_piece() -> None:
    wanted = ("protocol = ws", "icesupport = yes", "load = res_srtp.so", "webrtc = yes")
    bare = msgspec.structs.replace(
        facts("browser-phones"), live=Live(version="22.10.1", modules=NAMED)
    )
    bare = msgspec.structs.replace(
        bare, files={**bare.files, "/etc/asterisk/rtp.conf": "[general]\nicesupport = no\n"}
    )
    said = " ".join(one.change for one in examined(bare) if one.id == "browser-phones")
    assert all(each in said for each in wanted)


def test_no_password_is_shown() -> None:
    [found] = examined(facts("weak-secret"))
    shown = msgspec.json.encode(found).decode()
    assert "Xw4m" not in shown
    assert "the phone 701 begins with the name of its user" in found.text


@pytest.mark.parametrize("workers", [(), ("firstline", "firstline-2")])
def test_what_is_rendered_here_has_no_finding(workers: tuple[str, ...]) -> None:
    strong = "correct-horse-battery-7"
    people = [
        msgspec.structs.replace(one, password=type(one.password)(strong + one.user[-1]))
        for one in DEMO.subscribers
    ]
    staff = [
        msgspec.structs.replace(one, password=type(one.password)(strong), phone="browser")
        for one in DEMO.agents
    ]
    site = msgspec.structs.replace(
        DEMO,
        subscribers=tuple(people),
        agents=tuple(staff),
        trunks=TRUNKS,
        nodes=(QueueNode("q1", "192.0.2.21:5060"),),
        pods=("192.0.2.11",),
        workers=workers,
        broadcasts=bool(workers),
    )
    assert isinstance(site, Site)
    text = {f"/etc/asterisk/{name}": text for name, text in render(site).items()}
    browsers = tuple(one.user for one in staff if one.phone == "browser")
    assert browsers
    assert examined(Facts(etc="/etc/asterisk", files=text, browser_phones=browsers)) == ()


def test_each_finding_has_a_sample_and_a_line_in_the_documentation() -> None:
    ids = {"low-websocket-write-timeout", "low-sessionlimit", "low-writetimeout"}
    for group in GROUPS:
        calls = (
            one
            for one in ast.walk(ast.parse(inspect.getsource(group)))
            if isinstance(one, ast.Call)
        )
        named = (one.args[0] for one in calls if getattr(one.func, "id", "") == "Finding")
        ids |= {str(one.value) for one in named if isinstance(one, ast.Constant)}
    [table] = tables(section(DOCTOR.read_text(), "Findings"))
    assert [code(row[0])[0] for row in table] == sorted(ids)
    assert set(BROKEN) == ids


@pytest.mark.parametrize(
    ("version", "hit"),
    [
        ("22.10.1+dfsg+~cs6.17.60671434-1", False),
        ("22.10.0", True),
        ("23.4.1", False),
        ("23.0.0", True),
        ("20.20.1", False),
        ("21.12.2", True),
        ("24.0.0", False),
        ("certified/20.7-cert3", True),
    ],
)
def test_an_advisory_is_fixed_by_the_release_of_each_branch(version: str, hit: bool) -> None:
    live = Live(version=version, modules=NAMED)
    found = examined(msgspec.structs.replace(facts("good"), live=live))
    assert ("GHSA-wcvv-g26m-wx5c" in str(found)) is hit


def test_an_advisory_of_a_module_that_does_not_run_is_none() -> None:
    live = Live(version="22.10.0", modules=NAMED)
    without = str(examined(msgspec.structs.replace(facts("good"), live=live)))
    live = Live(version="22.10.0", modules=NAMED | {"chan_unistim"})
    assert "GHSA-3g56-cgrh-95p5" not in without
    assert "GHSA-3g56-cgrh-95p5" in str(examined(msgspec.structs.replace(facts("good"), live=live)))


def test_advisories_are_told_apart_and_say_their_source() -> None:
    listed = advisories()
    assert len({one.id for one in listed}) == len(listed) > 20
    for one in listed:
        assert one.source.removeprefix("ChangeLog-").removesuffix(".md") in one.fixed
        assert len({number(each)[0] for each in one.fixed}) == len(one.fixed)


CONF: Mapping[str, str] = {
    "/e/a.conf": '[base](!)\nk = 1\nk2=two ; no\n[own](base)\nk => 3\\;4\n#include "more/*.conf"\n'
    ";-- [gone]\nk = 5\n--;\n[own](+)\nk5 = 5\n#tryinclude none.conf\n#exec rm\n",
    "/e/more/b.conf": "k3 = three\n[other]\nk = o\n[own]\ntype = auth\n",
    "/e/more/c.conf": "[own](+type=auth)\nk4 = 4\n#include ../a.conf\n",
}


def test_files_are_read_as_asterisk_reads_them() -> None:
    conf = parsed(CONF, "/e/a.conf")
    first, second = conf.named("own")[-2:]
    assert {"k", "k2", "k3"} <= {one.key for one in conf.section("own").options}
    assert conf.section("own").get("k3") == "three"
    assert conf.section("own").at("k3") == "/e/more/b.conf:1"
    assert not conf.named("gone")
    assert not conf.named("base")
    assert conf.named("other")[0].get("k") == "o"
    assert {first.get("type"), second.get("type")} >= {"auth"}
    assert parsed(CONF, "/e/none.conf").sections == ()


@pytest.mark.parametrize(("name", "code_"), [("good", 0), ("low-sessionlimit", 1), ("ari-open", 2)])
def test_the_command_ends_with_the_code_of_the_worst(tmp_path: Path, name: str, code_: int) -> None:
    for file, text in files(name).items():
        (tmp_path / file).write_text(text)
    words = ["--state", str(tmp_path / "none"), "doctor", "--config", str(tmp_path)]
    said = CliRunner().invoke(main, [*words, "--json"])
    assert said.exit_code == code_, said.output
    found = msgspec.json.decode(said.stdout)
    assert [one["id"] for one in found] == ([] if name == "good" else [name])
    plain = CliRunner().invoke(main, words).stdout
    assert ("nothing is wrong" in plain) is (name == "good")
    assert max([0, *(EXIT_CODES[one["severity"]] for one in found)]) == code_


def test_a_directory_without_files_is_unknown(tmp_path: Path) -> None:
    words = ["--state", str(tmp_path / "none"), "doctor", "--config", str(tmp_path)]
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 3
    assert "has no configuration of Asterisk" in said.stderr
