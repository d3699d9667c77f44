"""Tests of flows as text: what is wrong with them, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.sim.script import MONDAY, Press, Silence
from ari_app.sim.script_reader import read
from tests.sim.sample_flows import book, cases

BOOK = book()
GOOD = """tests:
- test: a name
  call: "100"
  as: "0001"
  at: 2026-12-31T23:59
  lang: be
  given:
    balance: [slow, { ok: { balance: 3 } }]
    hours: { office: open }
    announcements: [{ text: x, until: 2026-03-02T18:00 }]
    queue: { support: timeout }
    dial: { "80171234567": busy }
    sms: nowhere
  steps:
  - press: "1"
  - press: { keys: "13", every: 0.3s }
  - secret: "5266"
  - wait: 6s
  - speak: 4s
  - silence
  - hear
  - expect: { prompt: [menu, help], node: main, outcome: { balance: ok }, value: { balance: "3" } }
  - hang-up
"""


def test_a_test_with_everything_in_it() -> None:
    [test] = cases(BOOK, GOOD)
    assert (test.test, test.call, test.as_, test.at.year) == ("a name", "100", "0001", 2026)
    assert test.steps[0].does == Press("1")
    assert test.steps[1].does == Press("13", 0.3)
    assert test.steps[2].does == Press("5266", secret=True)
    assert test.steps[5].does == Silence()
    assert (test.steps[0].place.line, test.place.line) == (15, 2)
    assert len(test.given) == 6


def test_what_is_left_out() -> None:
    [test] = cases(BOOK, 'tests:\n- { test: short, call: "101" }\n')
    assert (test.as_, test.at, test.lang, test.steps, test.given) == ("", MONDAY, "", (), {})


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ("tests:", "test:", 1, "there is no key 'test' here: write `tests:` and a list"),
        ("  lang: be", "  langs: be", 6, "a test has no key 'langs': did you mean lang?"),
        ("  call: ", "  # ", 2, "call is missing: add `call: …` (the number that is dialled)"),
        ('"100"', '"105"', 2, "no flow has the number 105: did you mean 101?"),
        ("lang: be", "lang: de", 2, "there is no language de"),
        ("2026-12-31T23:59", "31.12.2026", 5, "'31.12.2026' is not a local time: write one such"),
        ("    balance:", "    balanse:", 8, "nothing here is named balanse: did you mean balance?"),
        ("[slow,", "[slwo,", 8, "there is no outcome slwo here: did you mean slow?"),
        ("{ balance: 3 }", "{ money: 3 }", 8, "it has no value money: known: balance"),
        ("{ balance: 3 }", "{ balance: much }", 8, "'much' is no money"),
        ("office: open", "ofice: open", 9, "there is no schedule ofice: did you mean office?"),
        ("office: open", "office: opn", 9, "there is no outcome opn here: did you mean open?"),
        ("{ text: x,", "{ txt: x,", 10, "it has no value txt: did you mean text?"),
        ("timeout }", "timout }", 11, "there is no outcome timout here: did you mean timeout?"),
        ("{ support: timeout }", "support", 11, "a table belongs here: the queue"),
        ("sms: nowhere", "sms: { }", 13, "an outcome belongs here"),
        ("  - silence", "  - silent", 20, "this is not a step: write one of press"),
        ('- press: "1"', '- press: "A"', 15, "'A' are not keys: write 0 to 9"),
        ("every: 0.3s", "each: 0.3s", 16, "a press has no key 'each'"),
        ("wait: 6s", "wait: 6", 18, "'6' is no time: write 5s"),
        ("node: main", "noed: main", 22, "an expectation has no key 'noed': did you mean node?"),
        ("node: main", "node: mian", 22, "there is no node mian: did you mean main?"),
        ("[menu, help]", "[menu, halp]", 22, "no prompt in the catalogue named halp"),
        ("{ balance: ok }", "{ balance: fine }", 22, "no outcome of balance named fine"),
        ("  - hang-up", "  - expect: yes", 23, "a table belongs here, such as { prompt"),
    ],
)
def test_what_is_wrong_is_reported_with_its_place(old: str, new: str, line: int, text: str) -> None:
    assert GOOD.count(old) >= 1
    found = read("a.test.yaml", GOOD.replace(old, new, 1), BOOK)
    assert not found.tests
    assert any(problem.place.line == line and text in problem.text for problem in found.problems), (
        "\n".join(map(str, found.problems))
    )


def test_the_other_tests_of_the_file_are_read() -> None:
    found = read("a.test.yaml", GOOD + '- { test: b, call: "9" }\n- { test: c, call: "200" }', BOOK)
    assert [test.test for test in found.tests] == ["a name", "c"]
    assert [problem.place.line for problem in found.problems] == [24]


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text("[]{}:,-\"' x1\n&*!|#", max_size=6))
def test_nothing_that_stands_in_a_file_breaks_the_reading(at: int, cut: int, text: str) -> None:
    found = read("a.test.yaml", GOOD[:at] + text + GOOD[at + cut :], BOOK)
    assert isinstance(found.tests, tuple)
