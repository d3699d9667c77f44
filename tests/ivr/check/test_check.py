"""The check: what it follows, where it must keep quiet, and that it is quick."""

import time
from collections.abc import Callable

import pytest

from ivr.check import PromptText, Standard
from ivr.check.words import named, promised
from ivr.loader import load
from ivr.problems import Problem
from tests.ivr.check.test_rules import HEARD, OPERATIONS, SLOTS, ZONES

HEAD = """\
flow: info
numbers: ["611"]
languages: [en]
start: main
farewell: bye
always: { "0": operator }
"""
TAIL = """
  operator: { queue: support, else: bye }
  bye: { end: thanks-bye }
"""
ASK = "{ menu: menu-hours, wrong: not-understood, gave-up: operator, keys: "


def found(*texts: str, within: int = 3, heard: bool = False) -> list[Problem]:
    """What is found in flows; the keys in texts are looked at only if it is about them."""
    files = {f"{n}.yaml": text for n, text in enumerate(texts)}
    standard = Standard(within, HEARD if heard else {}, ZONES)
    return list(load(files, SLOTS, OPERATIONS, standard).problems)


def rules(*texts: str, within: int = 3) -> list[str]:
    return [problem.rule for problem in found(*texts, within=within)]


def flow(nodes: str, head: str = HEAD) -> str:
    lines = "\n".join(f"  {line}" for line in nodes.strip("\n").split("\n"))
    return f"{head}nodes:\n{lines}{TAIL}"


def sub(nodes: str, head: str = "", name: str = "sub") -> str:
    """A flow that is called."""
    return flow(
        nodes, HEAD.replace("flow: info", f"flow: {name}").replace('numbers: ["611"]\n', head)
    )


# Ways to a human.


def test_the_world_chooses_the_farthest_outcome_and_the_caller_the_nearest_key() -> None:
    nodes = f"""
main: {ASK} {{ "1": balance }} }}
balance: {{ do: news, on: {{ ok: operator }}, else: more }}
more: {ASK} {{ "1": main, "2": operator }} }}
"""
    head = HEAD.replace('always: { "0": operator }\n', "")
    assert rules(flow(nodes, head), within=2) == []
    assert rules(flow(nodes, head), within=1) == ["far-human"]
    [problem] = found(flow(nodes, head), within=1)
    assert (
        "from main a human is 2 keys away (main -> 1: balance -> more -> 2: operator)"
        in problem.text
    )


def test_a_human_is_found_over_goto_and_call() -> None:
    head = HEAD.replace('always: { "0": operator }\n', "")
    first = f"""
main: {ASK} {{ "1": there, "2": help }} }}
there: {{ goto: main, flow: other }}
help: {{ call: sub, on: {{ done: operator }} }}
"""
    other = f"main: {ASK} {{ '5': operator }} }}"
    inner = f"main: {ASK.replace('operator', 'done')} {{ '5': done }} }}\ndone: {{ return: done }}"
    texts = (
        flow(first, head),
        flow(other, head.replace("info", "other").replace("611", "612")),
        sub(inner)
        .replace('always: { "0": operator }\n', "")
        .replace("  operator: { queue: support, else: bye }\n", ""),
    )
    assert rules(*texts, within=2) == []
    assert rules(*texts, within=1) == ["far-human"]


def test_what_a_call_of_a_human_comes_back_with_takes_no_human_away() -> None:
    head = HEAD.replace('always: { "0": operator }\n', "")
    nodes = f"""
main: {ASK.replace("operator", "bye")} {{ "1": person }} }}
person: {{ call: sub, on: {{ ended: bye, left: main }} }}
"""
    inner = """
main: { queue: support, on: { ended: ended }, else: left }
ended: { return: ended }
left: { return: left }
"""
    called = (
        sub(inner).replace(TAIL, "\n").replace('farewell: bye\nalways: { "0": operator }\n', "")
    )
    ended = flow(nodes, head).replace("  operator: { queue: support, else: bye }\n", "")
    assert rules(ended, called) == []


def test_hours_count_as_open() -> None:
    nodes = f"""
main: {ASK} {{ "1": office }} }}
office: {{ hours: office, open: operator, closed: bye }}
"""
    office = 'schedule: office\ntimezone: UTC\nweek: { mon: "9:00-10:00" }\n'
    head = HEAD.replace('always: { "0": operator }\n', "")
    assert rules(flow(nodes, head), office) == []


def test_a_trap_of_two_flows_is_reported_once() -> None:
    ask = ASK.replace("operator", "there")
    nodes = f"main: {ask} {{ '1': there }} }}\nthere: {{ goto: main, flow: %s }}"
    head = HEAD.replace('always: { "0": operator }\n', "")
    one = flow(nodes % "two", head).replace("  operator: { queue: support, else: bye }\n", "")
    two = (
        one.replace("flow: info", "flow: two")
        .replace("611", "612")
        .replace("flow: two }", "flow: info }")
    )
    [problem] = found(one, two)
    assert problem.rule == "trap"
    assert "nothing leads out of main, main" in problem.text


# Words.


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Press one to pay, or press the key two.", ["1", "2"]),
        ("Press one zero.", ["10"]),
        ("Чтобы вернуться, нажмите звёздочку; нажмите на цифру пять.", ["*", "5"]),
        ("Каб вярнуцца, націсніце зорачку. Націсніце 7.", ["*", "7"]),
        ("Call six one one. Our shop has one door, press on.", []),
        ("Звоните два шесть девять. Баланс один, тариф два.", []),
        ("Press", []),
    ],
)
def test_the_keys_that_a_text_asks_to_press(text: str, keys: list[str]) -> None:
    assert promised(text) == keys


def test_the_keys_that_a_text_names() -> None:
    assert named("Баланс один, тариф двойку, дзевяць") == {"1", "2", "9"}
    assert named("Press one zero or 7") == {"1", "0", "10", "7"}
    assert named("Someone is alone") == set()


def test_a_text_whose_placeholders_may_name_keys_hides_none() -> None:
    menu = (
        "main: { menu: number-is, wrong: not-understood, gave-up: operator, keys: { '7': number } }"
    )
    number = "number: { set: { number: 5 }, then: main }"
    problems = found(flow(f"{menu}\n{number}"), heard=True)
    assert "hidden-key" not in {problem.rule for problem in problems}


def test_a_key_of_always_may_be_named_elsewhere() -> None:
    nodes = f"main: {ASK} {{ '1': hours, '0': bye }} }}\nhours: {{ say: hours-are, then: main }}"
    quiet = {**HEARD, "menu-hours": {"en": PromptText("Press one.", 1.0)}}
    text = flow(nodes.replace("'0': bye", "'0': hours"))
    problems = load({"a": text}, SLOTS, OPERATIONS, Standard(heard=quiet)).problems
    assert {problem.rule for problem in problems} == {"shadowed-human"}


# Where it stops, and how long it takes.


def test_what_is_broken_keeps_the_ways_from_being_followed() -> None:
    nodes = f"main: {ASK} {{ '1': nowhere }} }}\nlost: {{ say: hello, then: main }}"
    assert rules(flow(nodes)) == ["unknown-node", "unknown-prompt"]


def test_without_a_standard_only_what_cannot_run_is_wrong() -> None:
    text = flow("main: { end: [] }\nlost: { say: welcome, then: main }")
    assert load({"a": text}, SLOTS, OPERATIONS).problems == ()
    loaded = load({"a": text}, SLOTS, OPERATIONS, Standard())
    assert loaded.book is not None
    assert {problem.severity for problem in loaded.problems} == {"warning"}


def large(size: int) -> str:
    """A flow of menus, operations and words, each leading into the next ones."""
    nodes = ["main: { say: welcome, then: m0 }"]
    for n in range(size // 4):
        then = (n + 1) % (size // 4)
        keys = f'"1": d{n}, "2": m{then}, "3": m{n // 2}'
        nodes += [
            f"m{n}: {ASK} {{ {keys} }} }}",
            f"d{n}: {{ do: balance, on: {{ ok: s{n} }}, else: x{n} }}",
            f"s{n}: {{ say: balance-is, then: m{then} }}",
            f"x{n}: {{ say: sorry, then: m{n} }}",
        ]
    return flow("\n".join(nodes))


def seconds(run: Callable[[], object]) -> float:
    """The best of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        run()
        taken.append(time.process_time() - began)
    return min(taken)


def test_four_times_the_nodes_take_about_four_times_as_long() -> None:
    small, great = large(100), large(400)
    assert found(small, heard=True) == found(great, heard=True)[: len(found(small, heard=True))]
    assert seconds(lambda: found(great)) < 10 * seconds(lambda: found(small)) + 0.05


def test_more_ways_than_can_be_followed_are_refused_at_once() -> None:
    calls = "\n".join(f"n{n}: {{ call: sub, else: n{n + 1} }}" for n in range(400))
    nodes = f"main: {{ say: welcome, then: n0 }}\n{calls}\nn400: {{ end: thanks-bye }}"
    returns = "\n".join(
        f"r{n}: {{ branch: caller, when: {{ known: e{n} }}, else: r{n + 1} }}\n"
        f"e{n}: {{ return: o{n} }}"
        for n in range(400)
    )
    called = sub(f"{returns}\nr400: {{ return: z }}").replace("start: main", "start: r0")
    assert rules(flow(nodes), called) == ["too-long"]
