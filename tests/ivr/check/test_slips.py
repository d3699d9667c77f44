"""Slips of authors, each with what the check says of it first: what to write instead."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main

GOOD = """\
flow: "611"
numbers: ["611"]
languages: [ru]
start: main
farewell: bye
always: { "0": human }
nodes:
  main:
    menu: main-menu
    keys: { "1": bye }
    wrong: not-understood
    gave-up: bye
  human: { queue: support, else: bye }
  bye: { end: thanks-bye }
"""
KEYS = '    keys: { "1": bye }'
WRONG = "    wrong: not-understood"

SLIPS = {
    "a star without quotes": (KEYS, "    keys:\n      1: bye\n      *: bye",
        '12:8: not-yaml: did not find expected alphabetic or numeric character: write "*" in'),
    "a star in braces": ('{ "0": human }', "{ 0: human, *: human }", 'write "*" in quotes'),
    "a hash in braces": (KEYS, '    keys: { "1": bye, #: bye }',
        '10:11: not-yaml: did not find expected \',\' or \'}\': a comment begins at the #: write'),
    "a hash as a line": (KEYS, "    keys:\n      1: bye\n      #: bye",
        '12:7: warning: commented-key: `#: bye` is a comment and no key: write "#" in quotes'),
    "conflict marks": ("  main:", "<<<<<<< HEAD\n  main:", "8:1: not-yaml: git left two versions"),
    "a no-break space": (KEYS, '    keys:\xa0{ "1": bye }',
        "10:10: not-yaml: a space of another kind stands here (U+00A0): write an ordinary space"),
    "a no-break indent": ("  main:", "\xa0 main:", "8:1: not-yaml: a space of another kind"),
    "a no-break value": (WRONG, "    wrong:\xa0not-understood", "11:11: not-yaml: a space of"),
    "curly quotes": ('{ "1": bye }', "{ “1”: bye }",
        "10:13: bad-name: '“1”' is not a key: write straight quotes"),
    "no space in braces": ('{ "1": bye }', "{ 1:bye }", "put a space after the colon: 1: bye"),
    "no space after a colon": (WRONG, "    wrong:not-understood",
        "11:5: not-yaml: could not find expected ':': put a space after the colon"),
    "no colon": (WRONG, "    wrong not-understood",
        "11:5: not-yaml: could not find expected ':': write `key: value`, with a colon"),
    "an equals sign": ("start: main", "start = main", "4:1: not-yaml: could not find expected ':': "
        "write : and a space instead of ="),
    "a tab": ("  main:", "\tmain:", "8:1: not-yaml: found character that cannot start any token: "
        "indent with spaces, not tabs"),
    "an indent": (WRONG, "   wrong: not-understood", "11:4: not-yaml: did not find expected key: "
        "it is indented by 3 spaces, and the line above by 4: align them"),
    "a dash": (WRONG, "    - wrong: not-understood", "a table has no lines with a dash"),
    "an open brace": ('{ "1": bye }', '{ "1": bye', "10:11: not-yaml: did not find expected ',' or "
        "'}': the { that stands here is not closed: add }"),
    "an open bracket": (WRONG, "    wrong: [not-understood", "11:12: not-yaml: did not find "
        "expected ',' or ']': the [ that stands here is not closed: add ]"),
    "an open quote": ('"1": bye', '"1: bye', "the quote that begins here is not closed"),
    "a comma is missing": ('{ "1": bye }', '{ "1" bye }', "a comma, a : and a space or a } is"),
    "a sign": (WRONG, "    wrong: @sorry", "a word cannot begin with @: put it in quotes"),
    "a fence": ('flow: "611"', '```yaml\nflow: "611"', "1:1: not-yaml: found character that cannot "
        "start any token: remove the lines with ```"),
    "two flows": ("end: thanks-bye }", "end: thanks-bye }\n---\nflow: b",
        "one file is one flow: make another file"),
    "a text with a colon": ("menu: main-menu", "menu: Press one: news",
        "put a text with a colon in quotes"),
    "a text": ("menu: main-menu", 'menu: "Press one, please"', "this is a text: write it into"),
    "several prompts": (WRONG, "    wrong: not-understood, main-menu",
        "several are a list: [not-understood, main-menu]"),
    "a queue": ("queue: support", "queue: suport", "13:19: warning: unknown-queue: the "
        "settings have no queue suport (did you mean support?): name one, or add it to `queues`"),
    "a topic": ("queue: support", "queue: support, topic: internett", "unknown-topic: the site has "
        "no topic internett (did you mean internet?): name one, or add it to [topics]"),
    "another table": (GOOD, "main-menu: Hello\n", "1:1: not-a-flow: this is no flow and no"),
}  # fmt: skip
"""What is slipped: instead of what, and how the first message ends, or begins."""


def check(directory: Path) -> list[str]:
    """What the check says, without the directory."""
    done = CliRunner().invoke(
        main, ["--state", str(directory / "state"), "flows", "check", str(directory / "menus")]
    )
    return done.output.replace(f"{directory / 'menus'}/", "").splitlines()


def written(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        file = directory / "menus" / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return directory


def test_the_flow_of_these_tests_is_good(tmp_path: Path) -> None:
    assert check(written(tmp_path, f_yaml=GOOD)) == [
        "no errors, no warnings in 1 flow with 3 nodes"
    ]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_explained(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    first = check(written(tmp_path, f_yaml=GOOD.replace(old, new)))[0]
    assert said in first


def test_a_node_with_a_sign_is_reported_once(tmp_path: Path) -> None:
    text = GOOD.replace("gave-up: bye", "gave-up: bye!").replace("  bye: {", "  bye!: {")
    found = check(written(tmp_path, f_yaml=text.replace(": bye", ": bye!").replace("!!", "!")))
    assert len(found) == 2
    assert found[0].startswith("f.yaml:14:3: bad-name: 'bye!' cannot name a node: use letters")


HOURS = GOOD.replace("start: main", "start: hours").replace(
    "nodes:", "nodes:\n  hours: { hours: office, open: main, closed: bye }"
)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ('timezone: Minsk\nweek: { mon: open }', "2:11: unknown-zone: there is no time zone Minsk: "
            "did you mean Europe/Minsk?"),
        ('timezone: New York\nweek: { mon: open }', "did you mean America/New_York?"),
        ('timezone: +3\nweek: { mon: open }', "write one as Europe/Minsk"),
        ('week: { mon-sun: "00:00-23:59" }', "2:18: warning: lost-minute: 00:00-23:59 leaves the "
            "minute from 23:59 on closed: end it at 24:00"),
        ('week: { mon: "09:00-17:59, 18:00-20:00" }', "end it at 18:00"),
        ('week: { mon: "22:00-05:59", tue: "06:00-12:00" }', "1:11: warning: lost-minute: closed "
            "Tuesday 05:59 to Tuesday 06:00, a minute between two spans: end the first at 06:00"),
        ('week: { mon: ["09:00-12:00", "13:00-18:00"] }', "2:14: wrong-type: one text "
            'belongs here: write two spans as "09:00-13:00, 14:00-18:00"'),
        ('week: { mon: open }\nexcept: { "2020-01-01": closed }', "3:11: warning: past-exception: "
            "2020-01-01 is over: remove it"),
    ],
)  # fmt: skip
def test_hours_are_explained(tmp_path: Path, schedule: str, said: str) -> None:
    text = f"schedule: office\n{schedule}\n"
    assert said in check(written(tmp_path, f_yaml=HOURS, h_yaml=text))[0]


def test_a_lost_minute_is_named_once_for_each_schedule(tmp_path: Path) -> None:
    nights = 'week: { mon-sun: "06:00-12:00, 22:00-05:59" }\n'
    other = 'schedule: other\nweek: { mon: "00:00-05:59, 06:00-12:00" }\n'
    found = check(
        written(tmp_path, f_yaml=HOURS, h_yaml=f"schedule: office\n{nights}", i_yaml=other)
    )
    assert [one[:6] for one in found if "lost-minute" in one] == ["h.yaml", "i.yaml"]


def test_files_that_are_not_read(tmp_path: Path) -> None:
    only = written(tmp_path / "only", f_yml=GOOD)
    assert "f.yml is not read: rename it to f.yaml" in check(only)[0]
    other = written(tmp_path / "other", f_yaml=GOOD, g_yml=GOOD)
    assert check(other)[0].startswith("g.yml:1:1: warning: not-a-flow: g.yml is not read: rename")
    (other / "menus" / "g.yml").unlink()
    (other / "menus" / "h.yaml").mkdir()
    (other / "menus" / "i.yaml").symlink_to("nowhere")
    assert [one.partition(": warning: ")[2] for one in check(other)[:2]] == [
        "not-a-flow: h.yaml is not read: it is a directory: name it otherwise, its files are read",
        "not-a-flow: i.yaml is not read: it is no file, or a link to none: remove it",
    ]
    texts = written(tmp_path / "texts", f_yaml=GOOD, prompt__ru_yaml="main-menu: Привет\n")
    assert check(texts)[0].endswith("texts of prompts are read from prompts: move it")


def test_markup_and_signs_in_prompts(tmp_path: Path) -> None:
    tagged = written(tmp_path / "tag", f_yaml=GOOD, prompts__ru_yaml="main-menu: !x Привет\n")
    assert "ru.yaml:1:12: prompt-text: tags (!x) are not read: remove it" in check(tagged)[0]
    texts = 'main-menu: <speak>Нажмите <break time="1s"/> один</speak>\nbye: "…"\n'
    found = check(written(tmp_path, f_yaml=GOOD, prompts__ru_yaml=texts))
    assert "1:12: prompt-text: <speak> is markup: SSML is not spoken" in found[0]
    assert any("nothing to be heard in '…'" in line for line in found)
    found = check(written(tmp_path, prompts__ru_yaml=f"<<<<<<< HEAD\n{texts}"))
    assert found[0].startswith("prompts/ru.yaml:1:1: prompt-text: git left two versions here")


@pytest.mark.parametrize("text", ["", "…", "<b>one</b>"])
def test_nothing_is_synthesized_of_a_text_without_words(tmp_path: Path, text: str) -> None:
    words = ["--state", str(tmp_path / "state"), "prompts", "say", text, "--output", "a.wav"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert any(why in done.output for why in ("is empty", "nothing to be heard", "is markup"))
