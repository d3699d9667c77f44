"""Which numbers and queues of flows an installation has."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from asterisk_conf.custom import own_numbers, own_queues
from ivr.extensions import fits

OPERATOR = (
    *("--name", "Example", "--country", "KZ", "--currency", "KZT", "--timezone", "Asia/Almaty"),
    *("--language", "en"),
)
TRUNK = """
[trunk.carrier]
address = "192.0.2.10"
dials = ["8XXXXXXXXXX"]
"""
FLOW = """
flow: "611"
numbers: ["611"]
languages: [en]
start: first
nodes:
  first: { dial: "701", else: own }
  own: { dial: "750", else: pattern }
  pattern: { dial: "762", else: trunk }
  trunk: { dial: "87012345678", else: of-callers }
  of-callers: { dial: "900", else: nowhere }
  nowhere: { dial: "702", else: queue }
  queue: { queue: hall, else: bye }
  bye: { end: thanks-bye }
"""
EXTENSIONS = """
[firstline-subscribers](+)
exten => 900,1,Answer()
[firstline-people](+)
exten => 750,1,Dial(PJSIP/reception)
 same => n,Hangup()
exten => _76[0-4],1,Dial(PJSIP/hall)
"""


@pytest.mark.parametrize(
    ("number", "extension", "found"),
    [
        ("701", "701", True),
        ("701", "702", False),
        ("701", "_7XX", True),
        ("701", "_7ZX", False),
        ("7019", "_7XX", False),
        ("81012345678", "_8N.", False),
        ("82012345678", "_8N.", True),
        ("8", "_8!", True),
        ("763", "_76[0-4]", True),
        ("+77", "_+7X.", False),
        ("+771", "_+7X.", True),
        ("7XX", "_7XX", False),
    ],
)
def test_a_number_fits_an_extension(number: str, extension: str, found: bool) -> None:
    assert fits(number, extension) == found


def test_the_check_knows_what_can_be_dialled(tmp_path: Path) -> None:
    state, menus = tmp_path / "state", tmp_path / "menus"
    custom = state / "asterisk" / "custom"

    def done(*words: str) -> str:
        return CliRunner().invoke(main, ["--state", str(state), *words]).output

    done("init", *OPERATOR)
    for directory in (custom, menus):
        directory.mkdir(parents=True)
    with (state / "firstline.toml").open("a") as settings:
        settings.write(TRUNK)
    (custom / "extensions_custom.conf").write_text(EXTENSIONS)
    (custom / "queues_custom.conf").write_text("[general]\n[hall]\nmember => PJSIP/hall\n")
    (menus / "f.yaml").write_text(FLOW)
    done("agents", "add", "anna", "--full-name", "Anna", "--extension", "701")
    *found, count = done("flows", "check", str(menus)).splitlines()
    assert [re.sub(r"^.*f.yaml:|: dial .*$", "", line) for line in found] == [
        "11:23: warning: unknown-number: nothing here has the number 900",
        "12:20: warning: unknown-number: nothing here has the number 702",
    ]
    assert count == "no errors, 2 warnings in 1 flow with 8 nodes"


def test_files_that_include_others_say_nothing_about_what_is_missing(tmp_path: Path) -> None:
    assert own_numbers(tmp_path) == ()
    assert own_queues(tmp_path) == ()
    (tmp_path / "extensions_custom.conf").write_text("[firstline-people](+)\ninclude => mine\n")
    assert own_numbers(tmp_path) is None
