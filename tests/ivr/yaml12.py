"""YAML as the editors of menus read it: 1.2, and the older 1.1; keys are always texts."""

import re
from datetime import date
from typing import Any

import yaml


class Yaml11(yaml.CSafeLoader):
    """``on`` and ``yes`` are switches, ``12:30`` is 750."""


class Yaml12(yaml.CBaseLoader):
    """What is no number, ``true``, ``false`` or null is a text."""


_CORE = (
    ("null", r"null|Null|NULL|~|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
)


def _scalar(_: yaml.CBaseLoader, node: yaml.ScalarNode) -> Any:
    tag = next((tag for tag, look in _CORE if re.fullmatch(look, node.value)), "str")
    match "str" if node.style else tag:
        case "null":
            return None
        case "bool":
            return node.value.lower() == "true"
        case "int":
            return int(node.value, 0 if node.value.startswith(("0x", "0o")) else 10)
        case "float":
            return float(node.value)
    return node.value


def _mapping(loader: yaml.CSafeLoader | yaml.CBaseLoader, node: yaml.MappingNode) -> Any:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def _date(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> Any:
    found = loader.construct_yaml_timestamp(node)
    return found.isoformat() if isinstance(found, date) else found


Yaml12.add_constructor("tag:yaml.org,2002:str", _scalar)
for _reader in (Yaml11, Yaml12):
    _reader.add_constructor("tag:yaml.org,2002:map", _mapping)
Yaml11.add_constructor("tag:yaml.org,2002:timestamp", _date)


def editors(text: str) -> list[Any]:
    """The values that a text is to editors."""
    return [yaml.load(text, Loader=reader) for reader in (Yaml12, Yaml11)]
