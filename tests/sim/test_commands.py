"""`firstline flows simulate, test, cover, walk`, as somebody types them."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from msgspec import json

from ari_app.cli import main
from ari_app.menus.loading import SHIPPED
from tests.deadlines import allowed

pytestmark = pytest.mark.slow

GOOD = """tests:
- test: a subscriber hears the balance
  call: "611"
  lang: be
  steps:
  - press: "1"
  - expect: { prompt: balance-is, outcome: { balance: ok }, value: { balance: "12.50" } }
- test: a stranger may speak with a person
  call: "111"
  as: unknown
  steps:
  - press: "0"
  - expect: { prompt: to-operator }
  - press: "*"
  - expect: { ended: ended }
"""
BAD = """tests:
- test: a caller hears the weather
  call: "611"
  steps: [{ press: "2" }, { expect: { prompt: balance-is } }]
"""
SMALL = """flow: "1"
numbers: ["1"]
languages: [ru]
start: bye
nodes: { bye: { end: thanks-bye } }
"""
FEW = {
    "500.yaml": """flow: "500"
numbers: ["500"]
languages: [ru, be]
start: ticket
nodes:
  ticket: { do: ticket, else: main }
  main:
    menu: busy-menu
    keys: { "1": money, "2": main, "0": person, "#": bye }
    gave-up: person
  money: { call: balance, on: { human: person }, else: main }
  person: { queue: support, topic: general, on: { ended: bye }, else: bye }
  bye: { end: thanks-bye }
""",
    "common/balance.yaml": """flow: balance
languages: [ru, be]
start: ask
nodes:
  ask: { do: balance, on: { ok: heard }, else: human }
  heard: { say: balance-is, then: done }
  human: { return: human }
  done: { return: done }
""",
    "500.test.yaml": """tests:
- test: a caller speaks with a person
  call: "500"
  steps: [{ press: "0" }, { expect: { queue: support } }]
""",
}
"""A menu, a flow that it calls, and a test: searched in a moment, where ours take a minute."""


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A directory of these files."""
    for name, text in FEW.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shipped menus are copied to: they are checked one time there."""
    return tmp_path_factory.mktemp("copied") / "menus"


@pytest.fixture
def menus(copied: Path) -> Path:
    """A copy of the shipped menus without their tests."""
    for left in copied.glob("*.test.yaml"):
        left.unlink()
    ours = ignore_patterns("*.test.yaml", "*.py")
    copytree(SHIPPED, copied, ignore=ours, dirs_exist_ok=True)
    (copied / "611.test.yaml").write_text(GOOD)
    return copied


def firstline(*arguments: object, typed: str = "") -> Result:
    """The command with what it printed; whatever broke in it is raised."""
    words = ["--state", "/nonexistent", "flows", *map(str, arguments)]
    result = CliRunner().invoke(main, words, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_tests_that_pass(menus: Path) -> None:
    result = firstline("test", menus)
    assert result.exit_code == 0
    assert result.output.startswith("2 tests in ")
    assert result.output.endswith(" s: all good\n")
    assert firstline("test", menus, "-k", "stranger").output.startswith("1 test in ")


def test_a_test_that_fails_says_where_and_how_the_call_went(menus: Path) -> None:
    (menus / "bad.test.yaml").write_text(BAD)
    result = firstline("test", menus)
    assert result.exit_code == 1
    first, *path, count = result.output.splitlines()
    assert first == (
        f"{menus}/bad.test.yaml:4:27: a caller hears the weather: "
        "expected prompt balance-is after key 2, was tariff-is tariff-menu"
    )
    assert any("main (menu)" in line and "key 2  -> tariff" in line for line in path)
    assert count.endswith("1 failed")


def test_reports_for_programs(menus: Path) -> None:
    (menus / "bad.test.yaml").write_text(BAD)
    output = json.decode(firstline("test", menus, "--format", "json").output)
    assert [one["passed"] for one in output] == [True, True, False]
    assert output[2]["line"] == 4
    suite = ElementTree.fromstring(firstline("test", menus, "--format", "junit").output)
    assert suite.attrib["tests"] == "3"
    assert suite.attrib["failures"] == "1"
    [failure] = suite.iter("failure")
    assert "expected prompt balance-is" in failure.attrib["message"]


def test_what_cannot_be_read_is_another_exit_code(menus: Path, tmp_path: Path) -> None:
    (menus / "611.test.yaml").write_text(GOOD.replace("prompt", "promt", 1))
    result = firstline("test", menus)
    assert result.exit_code == 2
    assert "611.test.yaml:7:15: unknown-key: an expectation has no key 'promt'" in result.output
    (menus / "611.yaml").write_text("flow: 611")
    assert firstline("test", menus).exit_code == 2
    assert firstline("test", tmp_path / "none").exit_code == 2
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a.yaml").write_text(
        "flow: a\nlanguages: [ru]\nstart: b\nnodes: { b: { end: thanks-bye } }"
    )
    assert firstline("test", tmp_path / "empty").exit_code == 2


def test_tests_are_no_flows(menus: Path) -> None:
    result = firstline("check", menus)
    assert result.exit_code == 0
    assert "test.yaml" not in result.output


def test_coverage_says_what_is_missing_and_how_to_get_there(few: Path) -> None:
    result = firstline("cover", few, "--min", 90)
    assert result.exit_code == 1
    file = few / "common" / "balance.yaml"
    assert f"{file}:6:3: no test takes heard then: " in result.output
    assert "call 500, press 1, ticket: some, balance: ok" in result.output


def test_coverage_is_read_by_programs_too(tmp_path: Path) -> None:
    keys = "bye: { menu: welcome, keys: { '1': bye, '2': end }, gave-up: end }"
    menu = f"{keys}, end: {{ end: thanks-bye }}"
    (tmp_path / "1.yaml").write_text(SMALL.replace("bye: { end: thanks-bye }", menu))
    steps = '[{ press: "2" }, { expect: { prompt: thanks-bye } }]'
    (tmp_path / "1.test.yaml").write_text(f'tests: [{{ test: some, call: "1", steps: {steps} }}]')
    result = firstline("cover", tmp_path, "--format", "json")
    assert result.exit_code == 0
    output = json.decode(result.output)
    assert 0 < output["percent"] < 90
    assert output["flows"][0]["gaps"][0].keys() == {"flow", "node", "way", "place", "how"}


def test_a_walk_covers_all_and_what_it_writes_passes(few: Path) -> None:
    written = few / "walk.test.yaml"
    result = firstline("walk", "--menus", few, "--write", written)
    assert result.exit_code == 0, result.output
    assert firstline("test", few).exit_code == 0
    covered = firstline("cover", few, "--min", 100)
    assert covered.exit_code == 0, covered.output
    assert firstline("walk", "--menus", few, "--write", written).exit_code == 1
    printed = firstline("walk", "500", "--menus", few).output
    assert printed.startswith('tests:\n- test: "500: ')
    assert firstline("walk", "112", "--menus", few).exit_code == 1


def test_a_walk_finds_who_is_in_a_list_of_numbers(tmp_path: Path) -> None:
    """As somebody with a number of the list, in the form in which `as` takes it."""
    (tmp_path / "vip.yaml").write_text('list: vip\nentries: ["80 29 999-00-11", "80299990012"]\n')
    who = 'who: { branch: number, when: { "in vip": first, "375299990013": last }, else: bye }'
    ends = "first: { end: thanks-bye }, last: { end: [] }"
    menus = SMALL.replace("bye: {", f"{who}, {ends}, bye: {{").replace("start: bye", "start: who")
    (tmp_path / "1.yaml").write_text(menus)
    written = tmp_path / "walk.test.yaml"
    result = firstline("walk", "--menus", tmp_path, "--write", written)
    assert "no path" not in result.output
    assert 'as: "+375299990011"' in written.read_text()
    assert firstline("cover", tmp_path, "--min", 100).exit_code == 0


def test_coverage_of_tests_that_fail_is_none_to_rely_on(tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text(SMALL)
    tests = tmp_path / "1.test.yaml"
    tests.write_text(
        'tests: [{ test: all, call: "1", steps: [{ expect: { prompt: thanks-bye } }] }]'
    )
    assert firstline("cover", tmp_path).exit_code == 0
    tests.write_text(tests.read_text().replace("thanks-bye", "welcome"))
    result = firstline("cover", tmp_path)
    assert result.exit_code == 1
    assert "1 of the tests fail: see `firstline flows test`" in result.output


@pytest.mark.parametrize(
    ("arguments", "typed", "output"),
    [
        (["--press", "1"], "", "balance-is: На вашем счёте двенадцать рублей"),
        (["--press", "1", "--as", "0003"], "", "balance-is: You have"),
        (["--press", "1", "--lang", "be"], "", "balance-is: На вашым рахунку"),
        (["--as", "unknown"], "71", "hours-are: "),
        ([], ",..h", "main-menu-help: "),
        (["--press", "1", "--answer", "balance=unavailable"], "", "sorry-unavailable: "),
        (["--queue", "timeout"], "0,,,", "busy (say)  played operator-left"),
        (["--press", "0h"], "", "support-queue (queue)  -> gone"),
        (["--press", "0,", "--fast"], "", "in the queue support, topic general"),
    ],
)
def test_a_simulated_call(menus: Path, arguments: list[str], typed: str, output: str) -> None:
    result = firstline("simulate", "611", "--menus", menus, *arguments, typed=typed)
    assert result.exit_code == 0, result.output
    assert output in result.output
    assert "steps:" in result.output


@pytest.mark.parametrize(
    "arguments", [["--press", "1,3"], ["--press", "5.2h", "--as", "unknown"], ["--press", "0,,,"]]
)
def test_a_simulated_call_becomes_a_test_that_passes(menus: Path, arguments: list[str]) -> None:
    written = menus / "recorded.test.yaml"
    at = ["--at", "2026-12-31T23:59", "--queue", "timeout"]
    done = firstline("simulate", "611", "--menus", menus, "--record-test", written, *arguments, *at)
    assert done.exit_code == 0, done.output
    assert "at: 2026-12-31T23:59" in written.read_text()
    result = firstline("test", menus, "-k", "recorded.test.yaml")
    assert result.exit_code == 0, result.output


def test_what_cannot_be_simulated(menus: Path) -> None:
    for arguments in (["612"], ["611", "--as", "Nobody"], ["611", "--answer", "balance=no"]):
        result = firstline("simulate", *arguments, "--menus", menus, typed="1")
        assert result.exit_code in (1, 2)
        assert "Error: " in result.output
        assert "Traceback" not in result.output


def test_single_keys_at_a_terminal(menus: Path) -> None:
    """A real terminal and a real clock: keys count without Enter, and h hangs up."""
    ours, theirs = pty.openpty()
    words = ["-m", "ari_app.cli", "flows", "simulate", "611", "--menus", str(menus)]
    with subprocess.Popen([sys.executable, *words], stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        shown = until(ours, b"main-menu: ")
        os.write(ours, b"5")
        shown += until(ours, b"language-ru: ")
        os.write(ours, b"\x03")
        shown += until(ours, b"gone")
        assert process.wait(timeout=allowed(30)) == 0
    os.close(ours)
    assert "key 5" in shown.decode()


def until(terminal: int, text: bytes) -> bytes:
    """All that is shown until a text."""
    shown = b""
    while text not in shown:
        shown += os.read(terminal, 4096)
    return shown
