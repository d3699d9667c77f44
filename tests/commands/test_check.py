"""`firstline flows check` and `firstline flows rules`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ivr.check import RULES
from prompts.catalogue import shipped
from prompts.durations import PER_SECOND, prompt_texts
from tests.operators import DEMO

GOOD = """\
flow: info
numbers: ["100"]
languages: [ru]
start: main
farewell: bye
nodes:
  main:
    menu: guest-menu
    keys: { "1": hours, "2": hours, "7": hours, "0": operator }
    wrong: not-understood
    gave-up: operator
  hours: { say: hours-are, then: main }
  operator: { queue: support, else: bye }
  bye: { end: thanks-bye }
"""
WARNED = GOOD.replace("    wrong: not-understood\n", "")
WRONG = WARNED.replace("then: main", "then: mian")


def check(tmp_path: Path, text: str, *options: str) -> Result:
    (tmp_path / "a,b.yaml").write_text(text)
    command = ["--state", str(tmp_path), "flows", "check", str(tmp_path), *options]
    return CliRunner().invoke(main, command)


@pytest.mark.parametrize(
    ("text", "options", "code", "last"),
    [
        (GOOD, [], 0, "no errors, no warnings in 1 flow with 4 nodes"),
        (GOOD, ["--strict"], 0, "no errors, no warnings in 1 flow with 4 nodes"),
        (WARNED, [], 0, "no errors, 1 warning in 1 flow with 4 nodes"),
        (WARNED, ["--strict"], 1, "no errors, 1 warning in 1 flow with 4 nodes"),
        (WRONG, [], 1, "1 error, no warnings; paths of callers are checked once these"),
    ],
)
def test_what_is_counted_and_how_it_ends(
    tmp_path: Path, text: str, options: list[str], code: int, last: str
) -> None:
    found = check(tmp_path, text, *options)
    assert found.exit_code == code
    assert found.output.splitlines()[-1].startswith(last)
    assert all(line.startswith(f"{tmp_path}/a,b.yaml:") for line in found.output.splitlines()[:-1])


def test_a_human_within_so_many_keys(tmp_path: Path) -> None:
    text = GOOD.replace('"0": operator', '"000": operator').replace(
        "wrong:", "attempts: 4\n    wrong:"
    )
    assert "far-human" not in check(tmp_path, text).output
    assert "far-human" in check(tmp_path, text, "--within", "2").output


def test_colours_are_for_terminals(tmp_path: Path) -> None:
    assert "\x1b" not in check(tmp_path, WARNED).output
    (tmp_path / "a,b.yaml").write_text(WARNED)
    command = ["--state", str(tmp_path), "flows", "check", str(tmp_path)]
    assert "\x1b[33mno-wrong" in CliRunner().invoke(main, command, color=True).output


def test_json_has_every_field(tmp_path: Path) -> None:
    found = json.loads(check(tmp_path, WARNED, "--format", "json").output)
    [problem] = found.pop("problems")
    assert found == {"errors": 0, "warnings": 1}
    assert problem.pop("text").startswith("after a wrong key")
    assert problem == {
        "file": f"{tmp_path}/a,b.yaml",
        "line": 7,
        "column": 3,
        "rule": "no-wrong",
        "severity": "warning",
    }


def test_an_annotation_escapes_what_its_syntax_is_made_of(tmp_path: Path) -> None:
    [line] = check(
        tmp_path, WRONG.replace("mian", '"mi%an"'), "--format", "github"
    ).output.splitlines()
    assert line.startswith(
        f"::error file={tmp_path}/a%2Cb.yaml,line=11,col=34,title=unknown-node::"
    )
    assert "mi%25an" in line


def test_what_cannot_be_read_is_no_finding(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "none"):
        found = CliRunner().invoke(
            main, ["--state", str(tmp_path), "flows", "check", str(directory)]
        )
        assert found.exit_code == 2
        assert str(directory) in found.output


def test_each_directory_is_a_set_of_its_own(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "info.yaml").write_text(GOOD)
    command = ["--state", str(tmp_path), "flows", "check", str(tmp_path / "a"), str(tmp_path / "b")]
    found = CliRunner().invoke(main, command)
    assert found.output == "no errors, no warnings in 2 flows with 8 nodes\n"


def test_a_file_that_is_no_text_or_too_long(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_bytes(b"flow: info\nstart: \xff\xfe")
    (tmp_path / "long.yaml").write_bytes(b"# " + b"x" * 10_000_000)
    found = check(tmp_path, GOOD)
    assert found.exit_code == 1
    first, second, last = found.output.splitlines()
    assert "long.yaml:1:1: too-long: " in first
    assert "words.yaml:2:8: no-text: the file is not in UTF-8" in second
    assert last.startswith("2 errors")


def test_the_rules_are_printed_and_explained() -> None:
    printed = CliRunner().invoke(main, ["flows", "rules"]).output
    assert len(printed.splitlines()) == len(RULES)
    assert "slow-key" in printed
    one = CliRunner().invoke(main, ["flows", "rules", "slow-key"]).output
    assert '"10": news' in one
    assert "good:" in one
    none = CliRunner().invoke(main, ["flows", "rules", "slow-kye"])
    assert none.exit_code == 2
    assert "did you mean slow-key?" in none.output


def test_what_is_heard_of_the_catalogue() -> None:
    catalogue = shipped(DEMO)
    found = prompt_texts(catalogue)
    assert found.keys() == set(catalogue.prompts)
    text = "Hello! You have reached Zorka."
    assert found["welcome"]["en"].seconds == pytest.approx(len(text) / PER_SECOND)
    assert found["language-be"]["ru"] == found["language-be"]["en"]
    assert "{" not in found["balance-is"]["ru"].text
    assert found["balance-is"]["ru"].seconds > 2
