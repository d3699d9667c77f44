"""Templates of requests: texts in which inputs, facts of the call and secrets are filled in."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from ivr.http.declaration import HttpOperation
from ivr.values import Count, Day, Digits, Moment, Money, Sealed, Text, Value, Values, Word

PLACEHOLDER = re.compile(r"\{(?:([a-z]+):)?([\w-]{1,60})\}")
"""An input, ``{order}``, or what is of another sort, ``{secret:shop}``."""

FACTS = (
    "call:id",
    "call:key",
    "caller:identity",
    "caller:language",
    "caller:number",
    "caller:subscriber",
)
"""What templates may name of a call: ``key`` is that by which the same is done once."""


class TemplateError(Exception):
    """A value cannot stand where a template names it; the text says which."""


class Given(Struct, frozen=True):
    """What templates are filled with. ``secret`` raises ``LookupError`` for an unknown name."""

    inputs: Values
    facts: Mapping[str, str]
    secret: Callable[[str], str]


class Reference(NamedTuple):
    """What a template names: ``sort`` is "" for an input."""

    sort: str
    name: str


def references(template: str) -> Iterator[Reference]:
    """All that a template names."""
    for found in PLACEHOLDER.finditer(template):
        yield Reference(found[1] or "", found[2])


def templates(operation: HttpOperation) -> Iterator[str]:
    """All templates of an operation."""
    yield operation.url
    for table in (operation.query, operation.headers, operation.form):
        yield from table.values()
    yield from _texts(operation.body)


def _texts(tree: object) -> Iterator[str]:
    match tree:
        case str():
            yield tree
        case Mapping():
            for each in tree.values():
                yield from _texts(each)
        case tuple():
            for each in tree:
                yield from _texts(each)


def fill(template: str, given: Given, escape: Callable[[str], str] = str) -> str:
    """The text of a template; ``escape`` is applied to all that is filled in."""
    return PLACEHOLDER.sub(
        lambda found: escape(_text(Reference(found[1] or "", found[2]), given)), template
    )


def fill_tree(tree: object, given: Given) -> object:
    """A body as JSON: a text that is one placeholder becomes what it names, a number or a text."""
    match tree:
        case str():
            whole = PLACEHOLDER.fullmatch(tree)
            if whole and not whole[1]:
                return _plain(whole[2], _input(whole[2], given))
            return fill(tree, given)
        case Mapping():
            return {key: fill_tree(each, given) for key, each in tree.items()}
        case tuple():
            return [fill_tree(each, given) for each in tree]
    return tree


def _text(what: Reference, given: Given) -> str:
    if what.sort == "secret":
        return given.secret(what.name)
    if what.sort:
        return given.facts[f"{what.sort}:{what.name}"]
    return str(_plain(what.name, _input(what.name, given)))


def _input(name: str, given: Given) -> Value:
    try:
        return given.inputs[name]
    except KeyError:
        raise TemplateError(f"there is no input {name}") from None


def _plain(name: str, value: Value) -> object:
    """A value as JSON has it: counts and amounts are numbers."""
    match value:
        case Count(number):
            return number
        case Money(amount):
            return amount
        case Digits(text) | Word(text) | Text(text):
            return text
        case Day(day):
            return day.isoformat()
        case Moment(at):
            return at.isoformat()
        case Sealed(digits) if digits is not None:
            return digits.reveal()
    raise TemplateError(f"{name} cannot be sent: it is a {type(value).__name__.lower()}")
