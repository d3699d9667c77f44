"""The schema for editors: what the check lets pass is valid, and what an author mistypes is not."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from ari_app.menus import loading as reading
from ari_app.selfcare.operations import CATALOGUE
from ivr.loader import load
from ivr.model import Operation
from ivr.nodes import KINDS, kind
from ivr.schema import Names, schema
from ivr.terms import Is
from prompts import catalogue
from tests.docs.markdown import LANGUAGE, fences
from tests.fuzz import FEW
from tests.ivr.validator import Validator
from tests.ivr.yaml12 import editors
from tests.operators import DEMO

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "ivr" / "check" / "samples"
"""Where the rules of the check have their samples, each a good one and a bad one."""

CAUGHT = ("bad-name", "missing-key", "no-kind", "out-of-bounds", "unknown-key",
          "unknown-language", "wrong-type")  # fmt: skip
"""The rules that a schema can know of."""

SLOTS = catalogue.shipped(DEMO).signatures()
OPERATIONS = {
    **CATALOGUE,
    "card-top-up": Operation("card-top-up", {"ok": {}, "refused": {}}, {"card": "digits"}),
}
WHOLE = schema(Names(OPERATIONS, dict.fromkeys(SLOTS, ""), strict=True))
EDITOR = Validator(WHOLE)

TIME = r"[0-9]{1,4}(\.[0-9]{1,3})?(s|m|ms)"

SHIPPED = [
    path.read_text()
    for path in sorted(reading.files(reading.SHIPPED))
    if not path.name.endswith(reading.TESTS)
]
EXAMPLES = [
    fence.text
    for fence in fences(LANGUAGE.read_text())
    if fence.language == "yaml" and re.search("^(flow|schedule):", fence.text, re.MULTILINE)
]

GOOD = """
flow: 612
numbers: [612, "*100#"]
languages: [ru, en]
inputs: { card: digits }
start: main
patience: "12"
on-error: human
on-hangup: bye
always: { "0": human, *: back }
nodes:
  main:
    menu: [main-menu, guest-menu]
    keys: { 1: pay, 12: vip, "#": repeat }
    wait: 6s
    between: 1.5s
    attempts: 3
    silent: main-menu-help
    barge-in: no
    type-ahead: flush
    gave-up: human
  pay:   { do: card-top-up, inputs: { card: card }, on: { ok: bye }, else: human, need: caller }
  vip:   { set: { vip: yes, level: 3, old: "{card}" }, then: often }
  often: { branch: level, when: { "< 5": bye, >= 100: human, yes: bye }, else: bye }
  human: { queue: support, topic: money, priority: 5, on: { ended: bye }, else: call }
  call:  { dial: 2690000, ring: 2m, on: { no-answer: open }, else: bye }
  open:  { hours: support, open: voice, closed: bye }
  voice: { record: welcome, into: what, longest: 90s, stop: "*", then: sub, empty: bye }
  sub:   { call: "612", with: { card: card }, on: { true: bye }, else: bye }
  bye:   { end: [] }
""".replace("*: back", '"*": back').replace(">= 100", '">= 100"')

SCHEDULE = """
schedule: support
timezone: Europe/Minsk
week: { mon-fri: "09:00-13:00, 14:00-18:00", Sat: 10:00-15:00, sun: closed }
except: { 2026-12-31: 09:00-13:00, "01-01": closed }
"""

# fmt: off
MISTAKES = [
    ("start: main\n", "", "'start' is a required property"),
    ("patience: ", "patiense: ", "'patiense' was unexpected"),
    ('patience: "12"', "patience: 0", "less than the minimum"),
    ('patience: "12"', "patience: many", "does not match"),
    ("[ru, en]", "[ru, xx]", "'xx' is not one of"),
    ("[ru, en]", "[]", "should be non-empty"),
    ("{ card: digits }", "{ card: digit }", "'digit' is not one of"),
    ('"*100#"', "12a", "does not match"),
    ("[main-menu, guest-menu]", "[main-menu, gest-menu]", "'gest-menu' is not valid under any"),
    ("    menu: [main-menu, guest-menu]\n", "", "not valid under any of the given"),
    ("    menu: [main-menu, guest-menu]", "    menu: []", "should be non-empty"),
    ("    gave-up: human\n", "", "'gave-up' is a required property"),
    ("gave-up: human", "gave-up: [human]", "is not of type"),
    ('"#": repeat', "A: repeat", "does not match"),
    ("wait: 6s", "wait: 6", "is not of type 'string'"),
    ("wait: 6s", "wait: 6sec", "does not match"),
    ("wait: 6s", "wait: 121s", "does not match"),
    ("wait: 6s", "wait: 0.4s", "does not match"),
    ("ring: 2m", "ring: 3m", "does not match"),
    ("attempts: 3", "attempts: 101", "greater than the maximum"),
    ("barge-in: no", "barge-in: never", "'never' is not one of"),
    ("type-ahead: flush", "type-ahead: forget", "'forget' is not one of"),
    ("do: card-top-up", "do: card-topup", "'card-top-up' was expected"),
    ("on: { ok: bye }", "on: { okay: bye }", "'okay' was unexpected"),
    ("inputs: { card: card }, ", "", "'inputs' is a required property"),
    ("need: caller", "need: word", "'word' is not one of"),
    ("on: { ended: bye }", "on: { end: bye }", "'end' was unexpected"),
    ("dial: 2690000, ", "", "not valid under any of the given"),
    ("end: []", "end: [], say: welcome", "'say' was unexpected"),
    ("  bye:   { end: [] }", "  bye: end", "is not of type 'object'"),
    ("  bye:   { end: [] }", "  back: { end: [] }", "does not match"),
    ("  bye:   { end: [] }", "  bye bye: { end: [] }", "does not match"),
]
SLIPS = [
    ("schedule: support\n", "", "'flow' is a required property"),
    ("timezone:", "time-zone:", "'time-zone' was unexpected"),
    ("mon-fri", "mon-fry", "does not match"),
    ("14:00-18:00", "14-18", "does not match"),
    ('"01-01"', '"01-32"', "does not match"),
    ("except:", "excepts:", "'excepts' was unexpected"),
]
# fmt: on


def faults(text: str, editor: Any = EDITOR) -> list[str]:
    """What editors of YAML 1.2 and 1.1 would mark."""
    value, old = editors(text)
    different = [value] if value == old else [value, old]
    return [error.message for each in different for error in editor.iter_errors(each)]


def nearest(error: ValidationError) -> list[str]:
    """The messages of the alternatives that come nearest, as language servers show them."""
    found = ways(error)
    least = min((sum(map(weight, way)) for way in found), default=0)
    inner = [one for way in found if sum(map(weight, way)) == least for one in way]
    return [error.message, *(text for one in inner for text in nearest(one))]


def ways(error: ValidationError) -> list[list[ValidationError]]:
    """The errors of each alternative."""
    found: dict[Any, list[ValidationError]] = {}
    for each in error.context or ():
        found.setdefault(each.schema_path[0], []).append(each)
    return list(found.values())


def weight(error: ValidationError) -> int:
    """How many mistakes an error stands for, at the least."""
    return min((sum(map(weight, way)) for way in ways(error)), default=1)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(WHOLE)
    assert WHOLE["$defs"].keys() >= {kind(shape) for shape in KINDS}


@pytest.mark.parametrize("text", [*SHIPPED, *EXAMPLES, GOOD, SCHEDULE])
def test_what_is_good_is_valid(text: str) -> None:
    assert faults(text) == []


def test_the_model_flow_passes_the_check() -> None:
    returning = "  sub:   { return: done }"
    lines = [returning if line.startswith("  sub:") else line for line in GOOD.split("\n")]
    found = load({"612.yaml": "\n".join(lines), "support.yaml": SCHEDULE}, SLOTS, OPERATIONS)
    assert found.problems == ()


@pytest.mark.parametrize(("right", "mistake", "expected"), MISTAKES)
def test_a_mistake_is_reported(right: str, mistake: str, expected: str) -> None:
    assert right in GOOD
    wrong = GOOD.replace(right, mistake)
    errors = EDITOR.iter_errors(editors(wrong)[0])
    found = [message for error in errors for message in nearest(error)]
    assert any(expected in one for one in found), found
    assert load({"612.yaml": wrong, "support.yaml": SCHEDULE}, SLOTS, OPERATIONS).book is None


@pytest.mark.parametrize(("right", "slip", "expected"), SLIPS)
def test_a_slip_in_a_schedule_is_reported(right: str, slip: str, expected: str) -> None:
    assert right in SCHEDULE
    assert any(expected in one for one in faults(SCHEDULE.replace(right, slip)))


def test_a_mistake_is_reported_for_its_own_kind_alone() -> None:
    wrong = GOOD.replace("wait: 6s", "wait: 6")
    [error] = EDITOR.iter_errors(editors(wrong)[0])
    assert nearest(error)[1:] == ["6 is not of type 'string'"]


def test_other_prompts_pass_where_names_are_not_strict() -> None:
    names = Names(OPERATIONS, {"welcome": "Hello!"}, strict=False)
    assert faults(GOOD, Validator(schema(names))) == []
    offered = schema(names)["$defs"]["prompt"]["anyOf"][0]
    assert offered == {"const": "welcome", "description": "Hello!"}


def offered(place: Any, whole: Any) -> set[str]:
    """What a language server offers as a value here: it looks into ``anyOf`` and references."""
    if "$ref" in place:
        return offered(whole["$defs"][place["$ref"].rpartition("/")[2]], whole)
    inner = {name for each in place.get("anyOf", ()) for name in offered(each, whole)}
    items = offered(place["items"], whole) if "items" in place else set()
    return inner | items | {place["const"]} if "const" in place else inner | items


def test_prompts_and_names_of_the_directory_are_offered_everywhere() -> None:
    others = {Is.NODE: ["main", "bye"], Is.ENDING: ["bye"], Is.KEY_ACTION: ["back", "main"]}
    whole = schema(Names(OPERATIONS, dict.fromkeys(SLOTS, ""), others=others))
    assert faults(GOOD, Validator(whole)) == [], "other nodes are valid"
    menu = whole["$defs"]["menu"]["properties"]
    for key in ("menu", "silent", "wrong"):
        assert offered(menu[key], whole) == set(SLOTS)
    assert offered(menu["gave-up"], whole) == {"main", "bye"}
    assert offered(menu["keys"]["additionalProperties"], whole) == {"back", "main"}
    done = whole["$defs"]["do"]["anyOf"]
    assert {each["properties"]["do"]["const"] for each in done} == set(OPERATIONS)
    assert offered(done[0]["properties"]["else"], whole) == {"main", "bye"}


def test_kinds_of_nodes_are_alternatives_so_that_braces_are_completed() -> None:
    """Nothing is offered inside ``if``: no key, value or kind may stand in one alone."""
    kinds = [each["$ref"].rpartition("/")[2] for each in WHOLE["$defs"]["node"]["anyOf"]]
    assert set(kinds) == {kind(shape) for shape in KINDS}

    def guarded(place: Any) -> bool:
        if isinstance(place, dict):
            inside = "if" in place and ("properties" in place.get("then", {}) or "$ref" in place)
            return inside or any(map(guarded, place.values()))
        return isinstance(place, list) and any(map(guarded, place))

    assert not guarded(WHOLE["$defs"])


def test_what_a_hover_shows_is_short() -> None:
    """A description, and the values of an ``enum``: under 1 kB anywhere."""
    texts = dict.fromkeys(SLOTS, "A text. " * 200)

    def shown(place: Any) -> int:
        if isinstance(place, list):
            return max(map(shown, place), default=0)
        if not isinstance(place, dict):
            return 0
        own = len(str(place.get("description", ""))) + len(str(place.get("enum", "")))
        return max(own, max(map(shown, place.values()), default=0))

    assert 400 <= shown(schema(Names(OPERATIONS, texts))) < 1000


def test_every_key_is_described() -> None:
    for name, shape in WHOLE["$defs"].items():
        for key, field in shape.get("properties", {}).items():
            assert field["description"], f"{name}: {key}"


@given(
    place=st.sampled_from(
        (
            "start: TEXT, nodes: { TEXT: { end: [] } }",
            "start: a, numbers: [TEXT], nodes: { a: { end: [] } }",
            "start: a, nodes: { a: { menu: welcome, keys: { TEXT: a }, gave-up: a } }",
            "start: a, nodes: { a: { branch: dialled, when: { TEXT: b }, else: b }, b: {end: []} }",
            "start: a, nodes: { a: { end: [] }, b: { set: { x: TEXT }, then: a } }",
            "start: a, nodes: { a: { end: [] }, b: { set: { TEXT: x }, then: a } }",
        )
    ),
    text=st.text("aёЎ1234567890-_.*#+<>= {}:,", max_size=9),
)
def test_what_the_loader_takes_as_a_name_is_valid(place: str, text: str) -> None:
    flow = f"{{ flow: x, languages: [ru], {place.replace('TEXT', json.dumps(text))} }}"
    if load({"x.yaml": flow}, SLOTS, OPERATIONS).book is not None:
        assert faults(flow) == []


@settings(max_examples=FEW)
@given(st.sampled_from(["wait", "pause"]), st.from_regex(TIME, fullmatch=True))
def test_the_schema_and_the_loader_agree_on_times(key: str, time: str) -> None:
    menu = f"{{ menu: welcome, keys: {{ 1: a }}, gave-up: a, {key}: {time} }}"
    flow = f"{{ flow: x, languages: [ru], start: a, nodes: {{ a: {menu} }} }}"
    taken = load({"x.yaml": flow}, SLOTS, OPERATIONS).book is not None
    assert taken <= (faults(flow) == [])
    if time.endswith("s"):  # of minutes, the schema lets too few pass
        assert taken == (faults(flow) == [])


@cache
def loose() -> Draft202012Validator:
    """The schema of an installation with prompts and operations of any name."""
    return Validator(schema(Names({}, {}, strict=False)))


def test_good_samples_of_the_check_are_valid() -> None:
    for file in sorted(SAMPLES.glob("*.good.yaml")):
        for flow in file.read_text().split("---\n"):
            assert faults(flow, loose()) == [], file.name


def test_bad_samples_are_found_where_no_other_file_is_needed() -> None:
    for rule in CAUGHT:
        for file in SAMPLES.glob(f"{rule}.bad.yaml"):
            assert any(faults(flow, loose()) for flow in file.read_text().split("---\n")), rule
