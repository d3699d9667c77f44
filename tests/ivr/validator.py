"""JSON Schema's validator, which does not look for all that is wrong with what is right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend


def _any_of(
    validator: Any, alternatives: Sequence[Mapping[str, Any]], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    """As the library's, whose errors it gives: for each of hundreds of names it makes an error, and
    for each kind of node all of its own, before it comes to the one that is meant."""
    likely = (each for each in alternatives if each.get("const", instance) == instance)
    if all(next(validator.descend(instance, each), None) for each in likely):
        whole = Draft202012Validator.VALIDATORS["anyOf"]
        yield from whole(validator, alternatives, instance, schema)


Validator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call] # of the library
    Draft202012Validator, {"anyOf": _any_of}
)
