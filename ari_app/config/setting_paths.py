"""Paths in the settings: a relative one is meant beside the file that it stands in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATHS = (
    ("menus", "directory"),
    ("knowledge", "directory"),
    ("quality", "directory"),
    ("voice", "path"),
    ("voice", "recordings"),
    ("asterisk", "path"),
    ("asterisk", "ca"),
    ("billing", "ca"),
    ("mail", "ca"),
    ("agi", "spool"),
    ("desk", "certificate"),
    ("desk", "key"),
    ("cabinet", "certificate"),
    ("cabinet", "key"),
)
"""Settings that are paths. ``custom`` of [asterisk] is not: it is in the state directory."""

_OF_EACH = (("tls", ("certificate", "key", "ca")),)
"""The same, in sections that have a name."""


def beside(table: dict[str, Any], file: Path) -> None:
    """Make the paths in the settings of ``file`` absolute; what is no text is refused elsewhere."""
    directory = file.resolve().parent  # that of a service is in /etc, and linked to
    for part, key in _found(table):
        value = part.get(key)
        if isinstance(value, str) and value:
            part[key] = str(directory / Path(value).expanduser())


def _found(table: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for section, key in _PATHS:
        if isinstance(part := table.get(section), dict):
            yield part, key
    for section, keys in _OF_EACH:
        parts = table.get(section)
        for part in parts.values() if isinstance(parts, dict) else ():
            if isinstance(part, dict):
                yield from ((part, key) for key in keys)
