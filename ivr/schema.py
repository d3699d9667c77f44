"""The language of menus as a JSON Schema (2020-12), for editors.

It is built from the annotations that the loader reads. Where JSON Schema cannot express a rule it
accepts more, and the check decides. Editors parse YAML 1.2, so ``3`` and ``yes`` arrive as a number
or a boolean, and as a string in quotes. Choices that editors complete are written as ``anyOf``:
language servers take the nearest one, for what they offer and for their messages, while they offer
nothing inside ``if``. Names are one ``const`` each, so that a hover shows the one under the pointer
and not a list of all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args, get_origin

from msgspec import Meta, Struct

from ivr import nodes
from ivr.annotations import bare, described, meaning, required
from ivr.choices import ONE_OF, OTHERWISE, SPREAD
from ivr.conditions import COMPARISON, RANGE, REFERENCE
from ivr.hours.schedule import Schedule
from ivr.hours.week import WEEKDAYS
from ivr.http.declaration import SOURCES, Answer, HttpOperation, Source, Tree, source_kind
from ivr.lists import Listed
from ivr.model import Flow, Operation
from ivr.nodes import KINDS, Node, kind
from ivr.schema_numbers import time, whole
from ivr.speech import languages
from ivr.terms import (
    ACTIONS,
    BRANCH_SUBJECTS,
    DIAL_OUTCOMES,
    KINDS_OF_VALUES,
    QUEUE_OUTCOMES,
    Is,
    Outcomes,
)

Schema: TypeAlias = dict[str, Any]

_OTHER = "\\x00-,/:-@\\[-\\^`{-\\x7f"
"""For a bracket expression: the ASCII characters except letters, digits and ``-._``."""
_NAME = f"[^{_OTHER}.]{{1,60}}"
_WORD = f"(?:[^{_OTHER}]|[*#+]){{1,40}}"
_TAKEN = rf"[^{_OTHER}]{{0,40}}{REFERENCE.pattern}[^{_OTHER}]{{0,40}}"
"""A name that a value completes: ``parcel-{state}``."""
_DAY = f"(?:{'|'.join(''.join(f'[{c}{c.upper()}]' for c in day) for day in WEEKDAYS)})"
_DAYS = rf"{_DAY}(?:\s*[-–]\s*{_DAY})?"
_TIME = "[0-9]{1,2}:[0-5][0-9]"
_DATE = "(?:[0-9]{4}-)?(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_SPAN = rf"{_TIME}\s*[-–]\s*{_TIME}"

LOOKS: Mapping[Is, str] = {
    Is.NODE: _NAME,
    Is.KEY_ACTION: _NAME,
    Is.ENDING: _NAME,
    Is.KEYS: "[0-9*#]{1,20}",
    Is.CASE: f"(?:{COMPARISON.pattern})|{RANGE.pattern}|{_WORD}(?:,? ?{_WORD}){{0,99}}",
    Is.GIVEN: f"(?:{REFERENCE.pattern})|{_WORD}",
    Is.FLOW_NAME: _WORD,
    Is.SCHEDULE_NAME: _WORD,
    Is.LIST_NAME: _WORD,
    Is.NUMBER: rf"[0-9*#+]{{1,32}}|{REFERENCE.pattern}",
    Is.CODE: "[0-9*#+]{1,32}",
    Is.REPLY: f"[^{_OTHER}0-9](?:[^{_OTHER}]|'){{0,39}}(?: (?:[^{_OTHER}]|'){{1,39}})*",
    Is.QUEUE: rf"{_WORD}|{_TAKEN}",
    Is.OPERATION_NAME: _WORD,
    Is.URL: r"https?://[^\s{}/]+(?:/\S*)?",
    Is.STATUS: "[1-5](?:[0-9]{2}|xx)",
    Is.HEADER: r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}",
    Is.WORD: _WORD,
    Is.ZONE: r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*",
    Is.DAYS: rf"{_DAYS}(?:\s*,\s*{_DAYS})*",
    Is.DATE: rf"{_DATE}(?: +(?:to|-|–) +{_DATE})?",
    Is.SPANS: rf"open|closed|{_SPAN}(?:\s*,\s*{_SPAN})*",
}
"""The pattern of each sort of text, in the regular expressions that Python and editors share."""

FREE = (Is.SCHEDULE, Is.FLOW)
"""Sorts of names without a pattern of their own, of which an installation's are offered."""

DESCRIBED = 400
"""The most characters of a prompt's text that an editor shows."""

OUTCOMES: Mapping[type[Struct], Sequence[str]] = {
    nodes.Queue: QUEUE_OUTCOMES,
    nodes.Dial: DIAL_OUTCOMES,
}
"""Kinds of nodes with fixed outcomes."""


class Names(Struct, frozen=True):
    """The operations and prompts (with their texts) of an installation, offered by editors.

    Unless ``strict``, other prompts are accepted, too. ``others``: sort of names -> those of a
    directory and its site, such as all nodes of all its flows; they are offered, and any is valid.
    """

    operations: Mapping[str, Operation]
    prompts: Mapping[str, str]
    strict: bool = True
    others: Mapping[Is, Sequence[str]] = {}


_CHOICES: Schema = {
    ONE_OF: {
        "type": "array",
        "items": {"$ref": "#/$defs/name-word"},
        "description": "all that the value in braces may be",
    },
    OTHERWISE: {"$ref": "#/$defs/name-node", "description": "next node if it is none of them"},
}


def schema(names: Names) -> Schema:
    """The schema of a file of menus: a flow, a schedule, an operation or a list."""
    shapes: tuple[type[Struct], ...] = (
        Flow, Schedule, HttpOperation, Listed, Answer, nodes.Listing, *KINDS,
    )  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Menus of Firstline",
        "type": "object",
        "if": {"required": ["schedule"], "not": {"required": ["flow"]}},
        "then": _ref(_called(Schedule)),
        "else": {
            "if": {"required": ["operation"], "not": {"required": ["flow"]}},
            "then": _ref(_called(HttpOperation)),
            "else": {
                "if": {"required": ["list"], "not": {"required": ["flow"]}},
                "then": _ref(_called(Listed)),
                "else": _ref(_called(Flow)),
            },
        },
        "properties": {_called(Schedule): {}, "operation": {}, "list": {}},
        "$defs": {
            **{_called(shape): _struct(shape, names) for shape in shapes},
            **{f"from-{source_kind(each)}": _struct(each, names) for each in SOURCES},
            "node": _node(),
            "source": {
                "type": "object",
                "anyOf": [_ref(f"from-{source_kind(each)}") for each in SOURCES],
            },
            "prompt": _offered(names.prompts, _text(Is.PROMPT, _TAKEN if names.strict else ".")),
            **{_name(what): _named(what, names) for what in (*LOOKS, *FREE)},
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _called(shape: type[Struct]) -> str:
    return kind(shape) if issubclass(shape, Node) else shape.__name__.lower()


def _name(what: Is) -> str:
    return f"name-{what.name.lower().replace('_', '-')}"


def _node() -> Schema:
    """A node of any kind, by the key that is named like the kind."""
    kinds = [kind(shape) for shape in KINDS if shape is not nodes.Do]
    kinds.append(kind(nodes.Do))  # it has the most alternatives, so it is looked into last
    message = f"a node has one of the keys {', '.join(kinds)}"
    return {"type": "object", "anyOf": list(map(_ref, kinds)), "errorMessage": message}


def _struct(shape: type[Struct], names: Names) -> Schema:
    known = described(shape)
    found: Schema = {
        "title": _called(shape),
        "type": "object",
        "properties": {
            name: {**_field(shape, hint), **_default(field.default)}
            for name, (field, hint) in known.items()
        },
        "required": [name for name, (field, _) in known.items() if required(field)],
        "additionalProperties": False,
    }
    if issubclass(shape, Node):
        found["description"] = shape.__doc__
        if kind(shape) in SPREAD:
            found["properties"] |= _CHOICES
    if shape is nodes.Do and names.operations:
        return {"anyOf": [_operation(found, each) for each in names.operations.values()]}
    return found


def _operation(do: Schema, operation: Operation) -> Schema:
    """A ``do`` node for this operation, with its outcomes and inputs."""
    known: Schema = do["properties"]
    inputs = {**_only(operation.inputs, Is.WORD), "description": known["inputs"]["description"]}
    required = [name for name in operation.inputs if name not in operation.optional]
    if required:
        inputs["required"] = required
    own = {
        kind(nodes.Do): {"const": operation.name, "description": operation.about or "an operation"},
        "on": {**_only(operation.outcomes, Is.NODE), "description": known["on"]["description"]},
        "inputs": inputs,
    }
    needed = [*do["required"], *(["inputs"] if required else [])]
    return {**do, "properties": {**known, **own}, "required": needed}


def _only(keys: Iterable[str], values: Is) -> Schema:
    """A table with these keys only."""
    return {
        "type": "object",
        "properties": {key: _ref(_name(values)) for key in keys},
        "additionalProperties": False,
    }


def _field(shape: type[Struct], hint: Any) -> Schema:
    fixed = OUTCOMES.get(shape)
    found = _only(fixed, Is.NODE) if fixed and bare(hint)[0] == Outcomes else _value(hint)
    return {**found, "description": meaning(hint)}


def _default(value: Any) -> Schema:
    """A default as it is written in YAML."""
    match value:
        case bool():
            return {"default": "yes" if value else "no"}
        case float() if value:
            return {"default": f"{value:g}s"}
        case int() | str() if value != "":
            return {"default": value}
    return {}


def _value(hint: Any) -> Schema:
    """The schema of a type of the model."""
    inner, notes = bare(hint)
    origin = get_origin(inner)
    if origin is tuple:
        item = _value(get_args(inner)[0])
        least = _bound(notes, "min_length", 0)
        return {"anyOf": [item, {"type": "array", "items": item, "minItems": least}]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys, values = get_args(inner)
        return _table(keys, values)
    if origin is Literal:
        return {"enum": list(get_args(inner))}
    if inner is Tree:
        return {}
    if isinstance(inner, type) and issubclass(inner, Struct):
        return _ref("source" if inner is Source else _called(inner))
    if inner is bool:
        return {"if": {"type": "boolean"}, "else": {"enum": ["yes", "no"]}}
    if inner is int:
        return whole(_bound(notes, "ge", 0), _bound(notes, "le", 999_999))
    if inner is float:
        return time(_bound(notes, "ge", 0), _bound(notes, "le", 999))
    return _text_of(_what(notes))


def _bound(notes: Iterable[object], which: str, otherwise: float) -> Any:
    """The last bound of that name, or ``otherwise``."""
    found = [getattr(note, which) for note in notes if isinstance(note, Meta)]
    return next((end for end in reversed(found) if end is not None), otherwise)


def _what(notes: Iterable[object]) -> Is:
    return next((note for note in notes if isinstance(note, Is)), Is.TEXT)


def _table(keys: Any, values: Any) -> Schema:
    if values is Node:
        named = {
            "pattern": f"^(?!(?:{'|'.join(ACTIONS)})$){_NAME}$",
            "errorMessage": "a node's name is letters, digits and -, not back or repeat",
        }
        return {"type": "object", "propertyNames": named, "additionalProperties": _ref("node")}
    found: Schema = {"type": "object", "additionalProperties": _value(values)}
    what = _what(bare(keys)[1])
    if what in LOOKS:
        found["propertyNames"] = {"pattern": f"^(?:{LOOKS[what]})$", "errorMessage": what.value}
    return found


def _text_of(what: Is) -> Schema:
    """A text that names something."""
    match what:
        case Is.SPOKEN_LANGUAGE | Is.LANGUAGE:
            return {"enum": list(languages.known())}
        case Is.KIND:
            return {"enum": list(KINDS_OF_VALUES)}
        case Is.BRANCH_SUBJECT:
            return {"anyOf": [{"enum": list(BRANCH_SUBJECTS)}, _text(what)]}
        case Is.PROMPT:
            return _ref("prompt")
    return _ref(_name(what)) if what in LOOKS or what in FREE else _text(what)


def _named(what: Is, names: Names) -> Schema:
    """The names of a sort: any that look so, and those that are offered."""
    any_ = _text(what, f"^(?:{LOOKS[what]})$") if what in LOOKS else _text(what)
    known = names.others.get(what, ())
    return _offered(dict.fromkeys(known, ""), any_) if known else any_


def _offered(known: Mapping[str, str], other: Schema | None) -> Schema:
    """Names with what they stand for, or any ``other`` text."""
    offered: list[Schema] = [
        {"const": name, **({"description": text[:DESCRIBED]} if text else {})}
        for name, text in known.items()
    ]
    return {"anyOf": [*offered, *([] if other is None else [other])]}


def _text(what: Is, pattern: str = ".") -> Schema:
    """A text; unquoted digits arrive as a number, an unquoted ``yes`` as a boolean."""
    types = ["string", "number", *(["boolean"] if what in (Is.GIVEN, Is.WORD) else [])]
    return {"type": types, "pattern": pattern, "errorMessage": what.value}
