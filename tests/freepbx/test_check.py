"""What `firstline pbx check --freepbx` says of an Asterisk of FreePBX."""

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.doctor.facts import Facts
from ari_app.doctor.freepbx import INTO, Wanted, lacking
from asterisk_conf.freepbx import freepbx_files
from asterisk_conf.render import render
from asterisk_conf.site import Queue, Site, SiteError
from tests.docs.markdown import FREEPBX
from tests.freepbx.bed import ETC, SITE, ours
from tests.pbx_fixture import DEMO

BESIDE = msgspec.structs.replace(DEMO, **SITE)
FILES = ours(BESIDE)
WANTED = Wanted(
    files=FILES,
    numbers=("611",),
    queues=("400", "410"),
    agents={"701": "anna"},
    dialplan="freepbx",
)
THERE = {
    "http.conf": "[general]\nenabled=yes\nsessionlimit=1000\n",
    "manager.conf": "[general]\nenabled=yes\n#tryinclude manager_custom.conf\n",
    **{file.name: file.read_text() for file in ETC.iterdir()},
    **FILES,
}


def found(changed: dict[str, str] | None = None, wanted: Wanted = WANTED) -> dict[str, str]:
    """What is said of these files: the rule and what it names -> what to change."""
    files = {f"/etc/asterisk/{name}": text for name, text in {**THERE, **(changed or {})}.items()}
    facts = Facts(etc="/etc/asterisk", files=files)
    return {f"{one.id} {Path(one.where).name}": one.change for one in lacking(facts, wanted)}


def test_nothing_is_missing_where_all_was_done() -> None:
    assert found() == {}


@pytest.mark.parametrize("name", INTO)
def test_a_file_that_is_not_read_is_named_with_its_line(name: str) -> None:
    assert found({name: "; nothing"}) == {f"freepbx-file {name}": f"#include firstline/{name}"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("extensions_custom.conf", "Set(VQ_OPTIONS=tc)", "Set(VQ_OPTIONS=t)"),
        ("ari_additional_custom.conf", "ari-of-the-tests", "another"),
    ],
)
def test_what_was_rendered_before_is_reported(file: str, old: str, new: str) -> None:
    said = found({file: THERE[file].replace(old, new)})
    assert list(said) == [f"freepbx-old {file}"]
    assert "another" not in str(said)


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "change"),
    [
        ("http.conf", "enabled=yes", "enabled=no", "freepbx-setting http.conf:2", "HTTPENABLED 1"),
        ("http.conf", "=1000", "=100", "freepbx-setting http.conf:3", "HTTPSESSIONLIMIT 1000"),
        ("ari.conf", "= 1000", "= 100", "freepbx-setting ari.conf:4", "ARI_WS_WRITE_TIMEOUT 1000"),
        (
            "queues_additional.conf",
            "context=\nmember=Local/701",
            "context=ivr-3\nmember=Local/701",
            "freepbx-break-out queues_additional.conf:10",
            "IVR Break Out Menu: None",
        ),
        (
            "extensions_additional.conf",
            "Goto(customdests,dest-1,1)",
            "Goto(ivr-1,s,1)",
            "freepbx-collision extensions_additional.conf:36",
            "another number",
        ),
        (
            "extensions_additional.conf",
            "Goto(firstline,611,1)",
            "Goto(firstline,111,1)",
            "freepbx-destination extensions_additional.conf",
            "target firstline,611,1",
        ),
        (
            "extensions_additional.conf",
            "Gosub(macro-blkvm-set,s,1(reset))",
            "Macro(blkvm-set,reset)",
            "freepbx-dialplan firstline.toml",
            'dialplan = "freepbx-16"',
        ),
    ],
)
def test_what_freepbx_lacks_is_reported_with_what_to_do(
    file: str, old: str, new: str, rule: str, change: str
) -> None:
    assert old in THERE[file]
    said = found({file: THERE[file].replace(old, new)})
    assert list(said) == [rule]
    assert change in said[rule]


def test_queues_and_agents_that_freepbx_has_not_are_reported() -> None:
    wanted = msgspec.structs.replace(WANTED, queues=("400", "499"), agents={"705": "anna"})
    said = found(wanted=wanted)
    assert said["freepbx-queue firstline.toml"] == 'queues = ["400", "410"]'
    assert list(said)[1:] == ["freepbx-agent extensions_additional.conf"]


def test_the_command_says_it_with_its_exit_code(tmp_path: Path) -> None:
    (etc := tmp_path / "etc").mkdir()
    for name, text in THERE.items():
        (etc / name).write_text(text)
    (state := tmp_path / "state").mkdir(mode=0o700)
    (state / "firstline.toml").write_text(
        '[site]\nnumbers = ["611"]\nqueues = ["400", "410"]\ndemo = true\n'
        '[ari]\ndialplan = "freepbx"\nurl = "http://127.0.0.1:8088"\n'
    )
    words = ["--state", str(state), "pbx", "check", "--json", str(etc)]
    said = CliRunner().invoke(main, words)
    assert {one["id"] for one in msgspec.json.decode(said.stdout)} == {"freepbx-old"}  # passwords
    assert said.exit_code == 2


def test_workers_are_offered_calls_by_what_every_asterisk_has() -> None:
    """Of an Asterisk that is not ours it is not known whether it has StasisBroadcast()."""
    workers = ("firstline-1", "firstline-2")
    site = msgspec.structs.replace(BESIDE, app=workers[0], workers=workers)
    text = freepbx_files(site)["extensions_custom.conf"]
    assert "StasisBroadcast(" not in text
    assert all(f"Stasis({one},${{FIRSTLINE_ENTERS}})" in text for one in workers)


def test_every_place_in_the_dialplan_is_there() -> None:
    """Of ours or of FreePBX's, in both spellings of its subroutines."""
    freepbx = THERE["extensions_additional.conf"]
    for dialplan, call in (("freepbx", "Gosub(macro-"), ("freepbx-16", "Macro(")):
        site = msgspec.structs.replace(BESIDE, dialplan=dialplan)
        text = freepbx_files(site)["extensions_custom.conf"]
        contexts = set(re.findall(r"^\[([\w-]+)\]", freepbx + text, re.M))
        gone = set(re.findall(r"(?:Goto|Gosub)\(([a-z][\w-]+),", text))
        gone |= set(re.findall(r"\?([a-z][\w-]+),[^)]*,", text))
        assert gone | set(re.findall(r"include => (\S+)", text)) <= contexts
        assert f"{call}blkvm-clr" in text
        assert "\n[firstline-agents]" not in text
        assert "Dial(PJSIP/" not in text  # no accounts of ours


def test_a_transfer_sends_the_caller_only_if_it_asks_no_one_first() -> None:
    """One key or more: both patterns; a name is FreePBX's."""
    text = FILES["extensions_custom.conf"]
    [transfer] = re.findall(r"^\[firstline-transfer\]\n(.*?)(?=^\[)", text, re.M | re.S)
    assert "\ninclude => from-internal-xfer\n" in transfer
    for number in ("_[0-9*#+]", "_[0-9*#+]."):
        _, _, lines = transfer.partition(f"\nexten => {number},1,")
        before = lines.split("\nexten")[0].split("ChannelRedirect(${FIRSTLINE_IN}")
        assert len(before) == 2
        assert '"${BLINDTRANSFER}" = ""]?from-internal-xfer,' in before[0]


def test_the_page_says_of_every_context_what_it_is_beside_freepbx() -> None:
    site = msgspec.structs.replace(
        BESIDE, queues=(Queue("400", record=True), Queue("410", leave=""))
    )
    text = render(site)["extensions.conf"] + FILES["extensions_custom.conf"]
    contexts = re.findall(r"^\[(firstline[\w-]*)\]", text, re.M)
    page = FREEPBX.read_text("utf-8")
    rows = page[page.index("| Context |") : page.index("## Words")]
    assert [one for one in contexts if not re.search(f"`(firstline)?{one[9:]}`", rows)] == []


@pytest.mark.parametrize(
    ("site", "reported"),
    [
        ({"queues": (Queue("support"),)}, "'support' is no queue of FreePBX"),
        ({"queues": (Queue("400", record=True),)}, "set Call Recording of the queue"),
        ({"queues": (Queue("400", languages=("en",)),)}, "has no effect beside FreePBX"),
        ({"queues": (Queue("400"),), "preferred_agent": 9}, "waiting.preferred_agent"),
    ],
)
def test_what_has_no_effect_beside_freepbx_is_refused(
    site: dict[str, object], reported: str
) -> None:
    with pytest.raises(SiteError, match=reported):
        freepbx_files(Site(secrets=DEMO.secrets, **site))  # type: ignore[arg-type]
