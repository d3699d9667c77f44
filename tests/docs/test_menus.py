"""ivr/menus/README.md describes the language as it is, and its examples pass the check."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from ari_app.demo.simulated import simulated_operator
from ari_app.selfcare.lessons import LESSONS
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.paid_operations import ORDER_OPERATIONS
from ari_app.selfcare.reads import READS
from ari_app.selfcare.requests import REQUESTS
from ari_app.selfcare.surveys import SURVEYS
from ari_app.sim.reply_reader import TABLES
from ari_app.sim.run import run_test
from ari_app.sim.script import Expectation, Test
from ari_app.sim.script_reader import DOERS, WORDS, read
from ari_app.sim.simulation import bench
from ivr.annotations import spelled
from ivr.hours.schedule import Schedule
from ivr.lists import Listed
from ivr.model import Flow
from ivr.nodes import KINDS, Listing, Menu, Node, kind
from ivr.speech.phrases import KINDS as PLACEHOLDERS
from ivr.terms import BRANCH_SUBJECTS, DIAL_OUTCOMES, KINDS_OF_VALUES, QUEUE_OUTCOMES
from prompts import catalogue
from tests.docs.examples import examples, loaded
from tests.docs.markdown import LANGUAGE, code, fences, section, tables
from tests.operators import DEMO

TEXT = LANGUAGE.read_text()
EXAMPLES = examples(LANGUAGE)
PLACES: dict[tuple[str, int], type[Struct]] = {
    ("A flow", 0): Flow,
    **{(kind(shape), 0): shape for shape in KINDS},
    ("menu", 1): Listing,
    ("hours", 1): Schedule,
    ("branch", 2): Listed,
}
"""Heading and number of the table there -> what it describes."""
EVERY_NODE = {"need"}
"""Keys that each kind of node has; they are described once."""


def keys(shape: type[Struct]) -> dict[str, FieldInfo]:
    """The keys that an author may write, in any order."""
    hidden = ("version", "file", "place")
    return {spelled(field): field for field in fields(shape) if field.name not in hidden}


def default(field: FieldInfo) -> str:
    """What stands in the column of defaults; "" for a default that is described in words."""
    value: Any = field.default
    match value:
        case _ if value is NODEFAULT:
            return "needed" if field.default_factory is NODEFAULT else ""
        case bool():
            return "`yes`" if value else "`no`"
        case float() if value:
            return f"`{value:g}s`"
        case int():
            return f"`{value}`"
        case "#":
            return '`"#"`'
        case str() if value:
            return f"`{value}`"
    return ""


@pytest.mark.parametrize("heading", EXAMPLES)
def test_every_example_passes_the_check(heading: str) -> None:
    found = loaded(EXAMPLES[heading])
    assert not [each for each in found.problems if each.severity == "error"]
    assert found.book is not None


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_key_is_described_with_its_default(place: tuple[str, int]) -> None:
    heading, number = place
    written = {code(row[0])[0]: row for row in tables(section(TEXT, heading))[number]}
    real = keys(PLACES[place])
    if issubclass(PLACES[place], Node):
        real = {name: field for name, field in real.items() if name not in EVERY_NODE}
    described(written, real)


def test_the_keys_of_every_node_are_described_once() -> None:
    [table] = tables(section(TEXT, "Who is calling"))
    real = keys(Node)
    assert real.keys() == EVERY_NODE
    described({code(row[0])[0]: row for row in table}, real)


def described(rows: dict[str, list[str]], real: dict[str, FieldInfo]) -> None:
    """The rows of a table are these keys, with these defaults."""
    assert rows.keys() == real.keys()
    for key, (_, written, meaning) in rows.items():
        expected = default(real[key])
        assert written == expected if expected else "`" not in written or written == "as `then`", (
            key
        )
        assert meaning


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_key_stands_in_an_example_there(place: tuple[str, int]) -> None:
    heading, shape = place[0], PLACES[place]
    files = [yaml.load(text, Loader=yaml.BaseLoader) for text in EXAMPLES[heading].values()]
    flows = [file for file in files if "flow" in file]
    real = keys(shape).keys()
    if issubclass(shape, Node):
        written = [node.keys() for flow in flows for node in flow["nodes"].values()]
        if shape is Menu:  # one over a list has no key for each row
            written = [{key for each in written if "menu" in each for key in each}]
        assert real - EVERY_NODE in written
    elif shape is Listing:
        lists = [
            node["each"] for flow in flows for node in flow["nodes"].values() if "each" in node
        ]
        assert real in [each.keys() for each in lists]
    elif shape is Flow:
        assert real == {key for flow in flows for key in flow}
    else:
        assert real in [file.keys() for file in files]


@pytest.mark.parametrize("key", EVERY_NODE)
def test_a_key_of_every_node_stands_in_an_example(key: str) -> None:
    flow, _ = EXAMPLES["Who is calling"].values()
    nodes = yaml.load(flow, Loader=yaml.BaseLoader)["nodes"].values()
    assert {node[key] for node in nodes if key in node} == {"caller", "code-word"}


async def test_the_example_of_tests_passes() -> None:
    [flow, example] = [fence.text for fence in fences(section(TEXT, "Testing a menu"))]
    words = catalogue.shipped(DEMO)
    book = loaded({"example": flow}).book
    assert book is not None
    found = read("example.test.yaml", example, book)
    assert not found.problems
    assert len(found.tests) == 2
    results = [
        await run_test(bench(book, words, simulated_operator()), test) for test in found.tests
    ]
    assert [result.failure for result in results] == [None, None]


def test_all_that_may_stand_in_a_test_is_described() -> None:
    of_test, of_given, of_steps, of_expect = tables(section(TEXT, "Testing a menu"))
    for table, real in (
        (of_test, keys(Test)),
        (of_given, {*TABLES, "sms", "announcements"}),
        (of_steps, {*DOERS, *WORDS}),
        (of_expect, keys(Expectation)),
    ):
        assert sorted(name for row in table for name in code(row[0])) == sorted(real)


@pytest.mark.parametrize(
    ("heading", "real"),
    [("queue", QUEUE_OUTCOMES), ("dial", DIAL_OUTCOMES), ("branch", BRANCH_SUBJECTS)],
)
def test_the_words_of_the_language_are_described(heading: str, real: tuple[str, ...]) -> None:
    _, words, *_ = tables(section(TEXT, heading))
    assert sorted(code(row[0])[0] for row in words) == sorted(real)


def test_the_kinds_of_values_are_described() -> None:
    [table] = tables(section(TEXT, "Values"))
    assert sorted(code(row[0])[0] for row in table) == sorted(KINDS_OF_VALUES)
    written = {each.strip("{}").partition(":")[2].split()[0] for _, _, _, cell, _ in table
            if cell != "never" for each in code(cell)}  # fmt: skip
    assert written == set(PLACEHOLDERS)


def test_the_operations_are_described() -> None:
    table = tables(section(TEXT, "Operations and the values they bring"))[0]
    described = {code(row[0])[0]: row for row in table}
    assert described.keys() == {one.name for one in (*READS, *LESSONS, *REQUESTS, *SURVEYS)}
    for name, (_, need, takes, outcomes, values) in described.items():
        operation = CATALOGUE[name]
        assert need == operation.need
        assert takes == listed(operation.inputs)
        assert set(code(outcomes)) == operation.outcomes.keys()
        for outcome in operation.outcomes.values():
            for value, brought in outcome.items():
                row = f": {listed(operation.rows[value])})" if brought == "each" else ""
                assert f"`{value}` ({brought}{row}" in values
        assert operation.deadline == (0.5 if name in ("ticket", "situation", "billing") else 3)
        assert not operation.costs


def test_the_operations_that_cost_are_described() -> None:
    [table] = tables(section(TEXT, "Operations that cost"))
    described = {code(row[0])[0]: row for row in table}
    assert [*described] == [one.name for one in ORDER_OPERATIONS if one.costs]
    for name, (_, takes, refusals, values, limits) in described.items():
        operation, quote = CATALOGUE[name], CATALOGUE[f"{name}-quote"]
        agreed = "price" if name == "redeem" else "charge"
        assert takes == listed(quote.inputs)
        assert operation.inputs == {**quote.inputs, agreed: quote.outcomes["ok"][agreed]}
        faults = ["unavailable", "unknown"]
        assert ["ok", *code(refusals), *faults] == list(quote.outcomes)
        ends = ["changed", "limit", "accepted"]
        assert ["ok", *code(refusals), *ends, *faults] == list(operation.outcomes)
        assert values == listed(quote.outcomes["ok"])
        assert operation.outcomes["ok"] == {"order": "digits"}
        assert limits == f"{operation.daily}, {operation.monthly}"
        assert (quote.need, quote.deadline, quote.costs) == ("caller", 3, False)
        need = "caller" if name == "top-up" else "code-word"
        assert (operation.need, operation.deadline) == (need, 5)


def listed(values: Mapping[str, str]) -> str:
    """Values with their kinds, as the tables have them."""
    return ", ".join(f"`{name}` ({kind})" for name, kind in values.items()) or "nothing"


def test_the_placeholders_are_described() -> None:
    [table] = tables(section(TEXT, "Prompts: texts and recordings"))
    described = [code(row[0])[0].strip("{}").partition(":")[2].split()[0] for row in table]
    assert sorted(described) == sorted(PLACEHOLDERS)
