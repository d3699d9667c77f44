"""Names that come from a value, and cases of several words and of ranges."""

import pytest

from ivr import nodes
from ivr.check import Standard
from ivr.conditions import fits
from ivr.loader import Loaded, load
from ivr.model import Operation

OPERATIONS = {
    "look": Operation(
        "look",
        {"ok": {"state": "word"}, "unavailable": {}},
        choices={"state": ("packed", "sent", "lost")},
    )
}
SLOTS: dict[str, dict[str, str]] = {
    name: {} for name in ("hello", "order-packed", "order-sent", "bye")
}


def loaded(node: str, standard: Standard | None = None) -> Loaded:
    """A flow with a node that uses the state of an order."""
    flow = f"""\
flow: "611"
numbers: ["611"]
languages: [en]
start: look
farewell: bye
nodes:
  look: {{ do: look, on: {{ ok: node }}, else: human }}
  node: {node}
  other: {{ queue: support, else: bye }}
  human: {{ queue: support, else: bye }}
  bye: {{ end: bye }}
"""
    return load({"611.yaml": flow}, SLOTS, OPERATIONS, standard)


def problems(node: str) -> list[str]:
    return [
        f"{one.place.line}:{one.place.column} {one.rule}: {one.text}"
        for one in loaded(node).problems
    ]


@pytest.mark.parametrize(
    ("written", "kind", "named"),
    [
        ('queue: "{state}"', nodes.Queue, "packed"),
        ('queue: "care-{state}"', nodes.Queue, "care-packed"),
        ('say: [hello, "order-{state}"]', nodes.Say, ("hello", "order-packed")),
    ],
)
def test_a_node_stands_for_one_of_each_possibility(
    written: str, kind: type[nodes.Node], named: object
) -> None:
    more = "then: bye" if kind is nodes.Say else "else: bye"
    book = loaded(f"{{ {written}, one-of: [packed, sent], otherwise: other, {more} }}").book
    assert book is not None
    found = book.flows["611"].nodes
    branch = found["node"]
    assert isinstance(branch, nodes.Branch)
    assert branch.when == {"packed": "node.packed", "sent": "node.sent"}
    assert (branch.branch, branch.else_) == ("state", "other")
    made = found["node.packed"]
    assert isinstance(made, kind)
    assert getattr(made, nodes.kind(made)) == named


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ('{ queue: "{state}", else: bye }', "8:18 open-choice: {state} may be anything here: add"),
        ("{ queue: support, one-of: [a], otherwise: bye, else: bye }", "8:27 open-choice: one-of"),
        (
            '{ queue: "{state}", one-of: [a], one-of: [b], otherwise: bye, else: bye }',
            "8:42 twin-key: 'one-of' stands twice",
        ),
        (
            '{ queue: "{a}{b}", one-of: [a], otherwise: bye, else: bye }',
            "8:18 open-choice: only one value",
        ),
        (
            '{ say: "order-{state}", one-of: [packed, eaten], otherwise: bye, then: bye }',
            "8:16 unknown-prompt: there is no prompt in the catalogue named order-eaten",
        ),
        (
            '{ say: "order-{state}", one-of: [packed], otherwise: nowhere, then: bye }',
            "8:62 unknown-node: there is no node nowhere",
        ),
        (
            "{ branch: state, when: { eaten: bye }, else: bye }",
            "8:34 impossible-case: state is never eaten: write lost or packed or sent",
        ),
    ],
)
def test_what_cannot_be_is_found(node: str, problem: str) -> None:
    assert [one[: len(problem)] for one in problems(node)][:1] == [problem]


@pytest.mark.parametrize(
    ("case", "inside", "outside"),
    [
        ("packed, sent", ("packed", "sent"), ("lost", "", "packed, sent")),
        ("1,2", ("1", "2"), ("12", "1,2")),
        ("5 to 10", ("5", "7.5", "10"), ("4.99", "10.01", "", "x")),
        ("-3 to 0", ("-3", "0", "-0.5"), ("-4", "1")),
        ("< 5", ("4",), ("5", "x")),
    ],
)
def test_cases(case: str, inside: tuple[str, ...], outside: tuple[str, ...]) -> None:
    assert all(fits(case, each) for each in inside)
    assert not any(fits(case, each) for each in outside)
