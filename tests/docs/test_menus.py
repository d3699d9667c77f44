"""ivr/menus/README.md describes the language as it is, and its examples pass the check."""

from typing import Any

import pytest
import yaml
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from ari_app.rehearsal import stage
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim.answers import TABLES
from ari_app.sim.reading import DOERS, WORDS, read
from ari_app.sim.script import Expectation, Test
from ari_app.sim.stage import rehearse
from ivr.describing import spelled
from ivr.loader import load
from ivr.model import Flow
from ivr.nodes import KINDS, Node, kind
from ivr.phrases import KINDS as PLACEHOLDERS
from ivr.terms import QUEUE_OUTCOMES
from prompts import catalogue
from tests.docs.markdown import LANGUAGE, code, fences, section, tables

TEXT = LANGUAGE.read_text()
YAML = [fence.text for fence in fences(TEXT) if fence.language == "yaml"]
TESTS = [text for text in YAML if text.startswith("tests:")]
EXAMPLES = [text for text in YAML if text not in TESTS]
PLACES: dict[str, type[Struct]] = {"A flow": Flow, **{kind(shape): shape for shape in KINDS}}
"""Heading -> what is described under it."""


def keys(shape: type[Struct]) -> dict[str, FieldInfo]:
    """The keys that an author may write, in any order."""
    hidden = ("version", "file", "place")
    return {spelled(field): field for field in fields(shape) if field.name not in hidden}


def default(field: FieldInfo) -> str:
    """What stands in the column of defaults; "" for a default that is told in words."""
    value: Any = field.default
    match value:
        case _ if value is NODEFAULT:
            return "needed" if field.default_factory is NODEFAULT else ""
        case bool():
            return "`yes`" if value else "`no`"
        case float():
            return f"`{value:g}s`"
        case int():
            return f"`{value}`"
        case "#":
            return '`"#"`'
        case str() if value:
            return f"`{value}`"
    return ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split("\n")[0])
def test_every_example_passes_the_check(example: str) -> None:
    loaded = load({"example": example}, catalogue.shipped().signatures(), CATALOGUE)
    assert not loaded.problems
    assert loaded.book is not None


@pytest.mark.parametrize("heading", PLACES)
def test_every_key_is_described_with_its_default(heading: str) -> None:
    table = tables(section(TEXT, heading))[0]
    described = {code(row[0])[0]: row for row in table}
    real = keys(PLACES[heading])
    assert described.keys() == real.keys()
    for key, (_, told, meaning) in described.items():
        expected = default(real[key])
        assert told == expected if expected else "`" not in told, key
        assert meaning


@pytest.mark.parametrize("heading", PLACES)
def test_every_key_stands_in_an_example(heading: str) -> None:
    [example] = fences(section(TEXT, heading))
    flow = yaml.load(example.text, Loader=yaml.BaseLoader)
    shape = PLACES[heading]
    written = [flow] if not issubclass(shape, Node) else flow["nodes"].values()
    assert keys(shape).keys() in [table.keys() for table in written]


async def test_the_example_of_tests_passes() -> None:
    [flow, example] = [fence.text for fence in fences(section(TEXT, "Testing a menu"))]
    words = catalogue.shipped()
    book = load({"example": flow}, words.signatures(), CATALOGUE).book
    assert book is not None
    found = read("example.test.yaml", example, book)
    assert not found.problems
    assert len(found.tests) == 2
    results = [await rehearse(stage(book, words), test) for test in found.tests]
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


def test_the_outcomes_of_a_queue_are_described() -> None:
    _, outcomes = tables(section(TEXT, "queue"))
    assert sorted(code(row[0])[0] for row in outcomes) == sorted(QUEUE_OUTCOMES)


def test_the_operations_are_described() -> None:
    [table] = tables(section(TEXT, "Operations and the values they bring"))
    described = {code(row[0])[0]: row for row in table}
    assert described.keys() == CATALOGUE.keys()
    for name, (_, need, takes, outcomes, values) in described.items():
        operation = CATALOGUE[name]
        assert need == operation.need
        inputs = ", ".join(f"`{name}` ({kind})" for name, kind in operation.inputs.items())
        assert takes == (inputs or "nothing")
        assert set(code(outcomes)) == operation.outcomes.keys()
        for outcome in operation.outcomes.values():
            for value, brought in outcome.items():
                assert f"`{value}` ({brought}" in values
        assert operation.deadline == 3


def test_the_placeholders_are_described() -> None:
    [table] = tables(section(TEXT, "Prompts: texts and recordings"))
    described = [code(row[0])[0].strip("{}").partition(":")[2].split()[0] for row in table]
    assert sorted(described) == sorted(PLACEHOLDERS)
