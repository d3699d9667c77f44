"""Reading flows: what is wrong is said with its place, all at once, and nothing breaks."""

import re

import pytest

from ivr.check import RULES
from ivr.loader import Loaded, load
from ivr.problems import COMPARED, near
from ivr.reader import MOST, version
from ivr.source import DEEP, LIMIT
from tests.ivr.calls import OPERATIONS, SLOTS, flow

GOOD = """\
flow: test
numbers: ["100"]
languages: [ru, en]
start: hi
always: { "*": back }
nodes:
  hi: { say: hello, then: m }
  m:
    menu: menu
    keys: { "1": work, "2": pin, "3": hi }
    wait: 5s
    gave-up: bye
  work: { do: balance, on: { ok: said }, else: bye }
  said: { say: balance-is, then: m }
  pin: { input: pin, into: number, then: m, gave-up: bye }
  agents: { queue: support, on: { full: bye }, else: m }
  speak: { language: en, then: m }
  away: { goto: hi, flow: test }
  who: { branch: caller, when: { known: m }, else: bye }
  bye: { end: bye }
"""


def read(*texts: str) -> Loaded:
    files = {f"{name}.yaml": text for name, text in zip("abc", texts, strict=False)}
    return load(files, SLOTS, OPERATIONS)


def problems(*texts: str) -> list[str]:
    """Each problem without the name of its rule, which is one of those that there are."""
    found = read(*texts).problems
    assert {problem.rule for problem in found} <= RULES.keys()
    return [f"{problem.place}: {problem.text}" for problem in found]


def test_the_good_sample_is_good() -> None:
    loaded = read(GOOD)
    assert loaded.problems == ()
    assert loaded.book is not None
    assert loaded.book.answering("100") is loaded.book.flows["test"]
    assert loaded.book.answering("611") is None
    assert loaded.book.flows["test"].version == version(GOOD)
    assert loaded.book.flows["test"].file == "a.yaml"


CHANGED = {
    # what is changed in the good sample: to what, and what is said of it, and where
    "unknown key": ("then: m }", "than: m }", "7:21: say has no key 'than': did you mean then?"),
    "its lack": ("then: m }", "than: m }", "7:7: then is missing: add `then: …` (next node)"),
    "unknown key of a flow": ("always:", "allways:", "5:1: a flow has no key 'allways': did you"),
    "missing key of a flow": ("start: hi", "", "1:1: start is missing: add `start: …` (the first"),
    "missing gave-up": ("    gave-up: bye\n", "", "9:5: gave-up is missing"),
    "twin keys": ('"2": pin', '"1": pin', "10:24: '1' stands twice (first in line 10): keep one"),
    "twin nodes": ("  speak: {", "  said: {", "17:3: 'said' stands twice (first in line 14)"),
    "table as a key": ('"2": pin', "[2]: pin", "10:24: a key must be a word"),
    "tab": ("    menu: menu", "\tmenu: menu", "9:1: found character that cannot start any token: "
            "indent with spaces, not tabs"),
    "open bracket": ('"3": hi }', '"3": hi', "10:11: did not find expected ',' or '}'"),
    "alias": ("flow: test", "flow: *test", "1:7: aliases (*name) are not read"),
    "tag": ("say: hello", "say: !!tag hello", "7:14: tags (!!tag) are not read: remove it, or put"),
    "tag of one's own": ("start: hi", "start: !x hi", "4:8: tags (!x) are not read"),
    "second document": ("nodes:", "---\nnodes:", "6:1: but found another document"),
    "NUL": ("hello", "he\0llo", "7:16: the character U+0000 is not allowed in a text: remove it"),
    "half of a character": ("hello", "he\ud800llo", "7:16: the character U+D800 is not allowed"),
    "list instead of a word": ("start: hi", "start: [hi]", "4:8: one word belongs here"),
    "table instead of a list": ("say: hello", "say: {hello: a}", "7:14: one word belongs here"),
    "list in a list": ("say: hello", "say: [[hello]]", "7:15: one word belongs here"),
    "word instead of a table": ("on: { ok: said }", "on: said", "13:28: a table belongs here"),
    "list as nodes": ("nodes:", "nodes: []\nx:", "6:8: a table belongs here"),
    "word as a node": ("{ end: bye }", "bye", "20:8: a node is a table such as"),
    "nothing": ("then: m }", "then: }", "7:27: a word belongs here"),
    "comment instead of a key": ("flow: test", "flow: #1", "1:6: a word belongs here (put one"),
    "no kind": ("{ end: bye }", "{ ende: bye }", "20:8: this node has no kind: give it one of say"),
    "two kinds": ("{ end: bye }", "{ end: bye, menu: menu }", "20:8: this node has both end and"),
    "unknown node": ("gave-up: bye", "gave-up: by", "12:14: there is no node by: did you mean bye"),
    "unknown start": ("start: hi", "start: ho", "4:8: there is no node ho: did you mean"),
    "unknown node under a key": ('"2": pin', '"2": pim', "10:29: there is no node pim: did you"),
    "unknown node under a key of always": ("back", "bakc", "5:16: there is no node bakc: did you"),
    "unknown prompt": ("menu: menu", "menu: manu", "9:11: there is no prompt in the catalogue "
                       "named manu: did you mean menu?"),
    "unknown operation": ("do: balance", "do: balanse", "13:15: there is no operation balanse: "),
    "unknown outcome": ("on: { ok:", "on: { okay:", "13:30: there is no outcome here named okay: "),
    "unknown outcome of a queue": ("full:", "busy:", "16:35: there is no outcome here named busy"),
    "unknown flow": ("flow: test }", "flow: tset }", "18:27: there is no flow tset: did you mean"),
    "unknown node there": ("goto: hi", "goto: ho", "18:3: flow test has no node ho: did you mean"),
    "unknown language": ("language: en", "language: be", "17:22: there is no language of this flow "
                         "named be: known: en, ru"),
    "language without a voice": ("[ru, en]", "[ru, en, fr]", "3:21: no voice speaks fr"),
    "no language": ("[ru, en]", "[]", "3:12: at least one belongs here"),
    "no prompt": ("say: hello", "say: []", "7:14: at least one belongs here"),
    "unhandled outcome": (", else: bye }\n  said", " }\n  said", "13:3: no branch for unavailable"),
    "unbrought value": ("do: balance, on: { ok: said }, else: bye", "end: bye", "14:16: the prompt "
                        "balance-is uses balance, which nothing in these flows sets: "),
    "value of another kind": ("do: balance, on: { ok: said }, else: bye", "input: pin, into: "
                              "balance, then: m, gave-up: m", "14:16: the prompt balance-is uses "
                              "balance as money, but these flows set it as digits"),
    "missing input": ("do: balance, on: { ok: said }", "do: pay, on: { ok: m }", "13:3: pay needs "
                      "to: add `inputs: { to: … }`"),
    "needless input": ("do: balance,", "do: balance, inputs: { to: number },", "13:3: balance "
                       "takes no to: known: none"),
    "unbrought input": ("do: balance, on: { ok: said }", "do: pay, inputs: { to: x }, on: { ok: "
                        "m }", "13:3: the input to takes x, which nothing in these flows "),
    "word for a caller": ("when: { known:", "when: { friend:", "19:34: caller is never friend: "),
    "word for a branch": ("branch: caller", "branch: cellar", "19:18: there is no value or fact"),
    "no time": ("wait: 5s", "wait: 5 seconds", "11:11: '5 seconds' is no time: write 5s, 1.5s"),
    "no time at all": ("wait: 5s", "wait: 0s", "11:11: 0s is too little: at least 0.5s"),
    "too much time": ("wait: 5s", "wait: 5m", "11:11: 300s is too much: at most 120s"),
    "foreign digits": ("wait: 5s", "attempts: ٣", "11:15: '٣' is no whole number"),
    "no attempts": ("wait: 5s", "attempts: 0", "11:15: 0 is too little: at least 1"),
    "half an attempt": ("wait: 5s", "attempts: 1.5", "11:15: '1.5' is no whole number"),
    "no switch": ("wait: 5s", "barge-in: true", "11:15: 'true': write yes or no"),
    "more least than most": ("then: m, gave", "least: 5, most: 4, then: m, gave", "15:3: least (5) "
                             "is more than most (4)"),
    "no key of a telephone": ('"2": pin', "x: pin", "10:24: 'x' is not a key: write 0 to 9, * or"),
    "letters of a telephone": ('"2": pin', "A: pin", "10:24: 'A' is not a key"),
    "no number": ('["100"]', "[help]", "2:11: 'help' is not a number that can be dialled"),
    "number twice": ('["100"]', '["100", "100"]', "2:18: number 100 is used in a.yaml:2:11 alr"),
    "no name of a queue": ("queue: support", "queue: a(b)", "16:20: 'a(b)' is not a name"),
    "no name of a node": ("  speak:", "  speak up!:", "17:3: 'speak up!' cannot name a node"),
    "node named like an action": ("  speak:", "  back:", "17:3: 'back' cannot name a node: use"),
    "farewell that is no end": ("start:", "farewell: m\nstart:", "4:11: m is not an end: name"),
    "farewell that is not there": ("start:", "farewell: x\nstart:", "4:11: there is no node x: "),
    "circle of words": ("say: hello, then: m", "say: hello, then: hi", "7:3: the loop "
                        "hi -> hi never asks the caller: break it"),
    "circle through an operation": ("say: balance-is, then: m", "say: balance-is, then: work",
                                    "13:3: the loop work -> said -> work"),
    "circle through a queue": ("on: { full: bye }, else: m", "on: { full: agents }, else: m",
                               "16:3: the loop agents -> agents"),
    "circle through a flow": ("say: hello, then: m", "say: hello, then: away", "7:3: the "
                              "loop hi -> away -> hi never asks the caller"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), CHANGED.values(), ids=CHANGED)
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert GOOD.count(old) >= 1
    found = problems(GOOD.replace(old, new, 1))
    assert any(each.startswith(f"a.yaml:{said}") for each in found), found
    assert len(set(found)) == len(found)


WHOLE = {
    "empty": ("", "1:1: a flow is a table of keys: begin with `flow: name`"),
    "comment": ("# nothing\n", "1:1: a flow is a table of keys"),
    "list": ("- flow\n", "1:1: a flow is a table of keys"),
    "word": ("flow", "1:1: a flow is a table of keys"),
    "binary": ("\x7fELF\x02\x01", "1:1: the character U+007F is not allowed in a text"),
    "too long": ("#" * (LIMIT + 1), f"1:1: the file is longer than {LIMIT} characters"),
    "deep lists": ("[" * 100_000, f"1:{DEEP + 1}: more than {DEEP} levels deep: write it flat"),
    "deep tables": ("{a: " * 50_000, f"1:65: more than {DEEP} levels deep"),
    "deep blocks": ("- " * 100_000, f"1:33: more than {DEEP} levels deep"),
    "bomb": ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "2:8: aliases (*name) are not read"),
    "merge": ("<<: { flow: test }\n", "1:1: this is no flow and no schedule"),
    "tag": (
        "!!python/object/apply:os.system [ls]\n",
        "1:1: tags (!!python/object/apply:os.system)",
    ),
}


@pytest.mark.parametrize(("text", "said"), WHOLE.values(), ids=WHOLE)
def test_what_is_no_flow_at_all(text: str, said: str) -> None:
    assert problems(text)[0].startswith(f"a.yaml:{said}")


def test_scalars_are_what_they_look_like() -> None:
    start = "start: { branch: dialled, when: { 011: on, 0x1F: no, 12:30: null }, else: on }"
    text = flow(f"{start}\non: {{ end: [] }}\nno: {{ end: bye }}\nnull: {{ end: bye }}")
    assert problems(text) == [
        "a.yaml:7:56: '12:30' is not a case: write a word, a comparison such as < 5, 5 to 10, "
        "in vip, or several words: a, b"
    ]
    loaded = read(text.replace("12:30", "1_000").replace('["100"]', "[011, 1000]"))
    assert loaded.book is not None
    begun = loaded.book.flows["test"]
    assert set(begun.nodes) == {"start", "on", "no", "null"}
    assert begun.numbers == ("011", "1000")


def test_a_menu_has_a_key_if_only_the_one_of_every_menu() -> None:
    text = re.sub("keys: .*", "keys: {}", GOOD, count=1)
    assert read(text).problems == ()
    assert problems(text.replace('"*": back', "")) == [
        "a.yaml:8:3: no key leads out of it: give it `keys`"
    ]


def test_what_editors_write_besides_is_read() -> None:
    assert read("\ufeff" + GOOD.replace("\n", "\r\n")).problems == ()
    assert read(GOOD.replace("start: hi", "start: &x hi")).problems == ()


def test_a_stop_key_may_be_none() -> None:
    assert read(GOOD.replace("into: number", 'into: number, stop: ""')).problems == ()
    assert read(GOOD.replace("into: number", 'into: number, stop: "#"')).problems == ()
    [said] = problems(GOOD.replace("into: number", "into: number, stop: 1"))
    assert said == "a.yaml:15:42: '1' is none of #, *"


def test_all_problems_are_reported_together_in_order() -> None:
    text = GOOD.replace("wait: 5s", "wait: soon").replace(
        "say: hello, then: m", "say: hallo, then: spek"
    )
    text = text.replace("end: bye", "end: bye, than: m")
    other = (
        GOOD.replace("flow: test", "flow: other").replace('"100"', '"200"').replace("hi, ", "m, ")
    )
    assert problems(text, other.replace("do: balance", "do: nothing")) == [
        "a.yaml:7:14: there is no prompt in the catalogue named hallo: did you mean hello?",
        "a.yaml:7:27: there is no node spek: did you mean speak?",
        "a.yaml:11:11: 'soon' is no time: write 5s, 1.5s, 500ms or 2m",
        "a.yaml:20:20: end has no key 'than': known: end, need",
        "b.yaml:13:15: there is no operation nothing: known: balance, pay, prove, prove-other, "
        "text-other",
    ]


def test_one_broken_file_is_not_held_against_the_others() -> None:
    other = flow("start: { goto: hi, flow: test }").replace("flow: test\n", "flow: other\n")
    other = other.replace('"100"', '"200"')
    assert read(GOOD, other).problems == ()
    for broken in ("flow: [", GOOD.replace("start: hi", ""), GOOD.replace("wait: 5s", "wait: x")):
        assert len(problems(broken, other)) == 1


def test_numbers_and_names_are_claimed_once() -> None:
    assert problems(GOOD, GOOD) == [
        "b.yaml:1:7: flow test is used in a.yaml:1:7 already: keep one of them",
        "b.yaml:2:11: number 100 is used in a.yaml:2:11 already: keep one of them",
    ]


def test_a_loop_through_two_flows_is_reported_once() -> None:
    first = flow("start: { goto: start, flow: other }")
    second = first.replace("flow: test\n", "flow: other\n").replace("flow: other }", "flow: test }")
    assert problems(first, second.replace('"100"', '"200"')) == [
        "a.yaml:7:3: the loop start -> start -> start never asks the caller: break it"
    ]


def test_a_loop_with_two_ways_in_is_reported_once() -> None:
    words = "one: { say: hello, then: two }\ntwo: { say: hello, then: one }"
    assert problems(
        flow(f"start: {{ branch: caller, when: {{ known: one }}, else: two }}\n{words}")
    ) == ["a.yaml:8:3: the loop one -> two -> one never asks the caller: break it"]


def test_waiting_again_in_a_queue_is_no_loop() -> None:
    again = GOOD.replace("on: { full: bye }", "on: { timeout: agents, left: agents, full: bye }")
    assert read(again).problems == ()


def test_ten_thousand_nodes_in_a_loop_are_reported_briefly() -> None:
    says = "\n".join(f"n{n}: {{ say: hello, then: n{n + 1} }}" for n in range(9_999))
    last = "n9999: { say: hello, then: n0 }"
    [said] = problems(flow(f"start: {{ say: hello, then: n0 }}\n{says}\n{last}"))
    assert said == (
        "a.yaml:8:3: the loop n0 -> n1 -> n2 -> n3 -> … -> n9998 -> n9999 -> n0 never asks "
        "the caller: break it"
    )


def test_more_problems_than_anybody_reads_are_cut_short() -> None:
    found = problems("flow: a\n" + "".join(f"key{n}: x\n" for n in range(50_000)))
    assert len(found) == MOST + 1
    assert found[-1] == f"a.yaml:{MOST + 1}:1: there are more problems: fix these first"
    dangling = "\n".join(f"n{n}: {{ say: hello, then: m{n} }}" for n in range(3 * MOST))
    assert len(problems(flow(f"start: {{ end: bye }}\n{dangling}"))) == MOST


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("menuu", ["menu", "main"], "did you mean menu?"),
        ("x", ["b", "a"], "known: a, b"),
        ("x", [], "known: none"),
        ("x", list(map(str, range(10, 30))), "there are 20 of them, such as 10, 11, 12, 13, 14"),
        ("0", list(map(str, range(COMPARED + 1))), "there are 2001 of them, such as 0, 1, 10"),
    ],
)
def test_the_nearest_name(word: str, known: list[str], said: str) -> None:
    assert near(word, known).startswith(said)
