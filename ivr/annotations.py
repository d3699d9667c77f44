"""The annotations of the menu language's types, as the loader and the schema read them."""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from ivr.terms import Is


@cache
def described(shape: type[Struct]) -> Mapping[str, tuple[FieldInfo, Any]]:
    """The keys that an author may write for ``shape``, each with its field and its type."""
    hints = get_type_hints(shape, include_extras=True)
    return {
        spelled(field): (field, hints[field.name])
        for field in fields(shape)
        if field.name not in ("version", "file", "place")
    }


def spelled(field: FieldInfo) -> str:
    """How a field is written in YAML: ``gave_up`` is ``gave-up``, ``else_`` is ``else``."""
    return field.name.strip("_").replace("_", "-")


def noun(shape: type[Struct]) -> str:
    """A table's name with its article, for messages: "a flow", "an expectation"."""
    name = shape.__name__.lower()
    return f"a{'n' if name[0] in 'aeio' else ''} {name}"


@cache
def bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without its annotations and without None, and the annotations."""
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        inner, before = bare(hint)
        return inner, (*before, *notes)
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
        return bare(hint)
    return hint, ()


def required(field: FieldInfo) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def meaning(hint: Any) -> str:
    """The description of a field; the last annotation wins."""
    said = [
        note.value if isinstance(note, Is) else note.description
        for note in bare(hint)[1]
        if isinstance(note, Is) or note.description
    ]
    return str(said[-1]) if said else "a table"
