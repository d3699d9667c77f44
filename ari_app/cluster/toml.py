"""Writes a table as TOML: the standard library only reads it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any


def text(table: Mapping[str, Any]) -> str:
    """The TOML of a table of texts, numbers, truth values, lists and tables."""
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    tables = {key: each for key, each in table.items() if isinstance(each, dict)}
    for key, each in table.items():
        if key not in tables:
            yield f"{_key(key)} = {_value(each)}"
    for key, each in tables.items():
        inner = f"{path}{_key(key)}"
        if not each or not all(isinstance(one, dict) for one in each.values()):
            yield f"\n[{inner}]"
        yield from _lines(each, f"{inner}.")


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case dict():  # within a list
            return f"{{ {', '.join(f'{_key(k)} = {_value(v)}' for k, v in value.items())} }}"
        case str():
            return _text(value)
        case _:
            return str(value)


def _key(text: str) -> str:
    return text if re.fullmatch("[A-Za-z0-9_-]+", text) else _text(text)


def _text(text: str) -> str:
    """A basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
