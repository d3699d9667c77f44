"""Texts of pages by name and language, from ``words.yaml`` and a ``words.CODE.yaml`` for each
further language beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

SHARED = Path(__file__).parent
"""Where the names of operations, of their values and of their outcomes are."""


def texts(*directories: Path) -> Mapping[str, Mapping[str, str]]:
    """The texts of directories; those of a later one count where two have the same name."""
    found: dict[str, dict[str, str]] = {}
    for directory in directories:
        found |= _read(directory / "words.yaml")
        for file in sorted(directory.glob("words.*.yaml")):
            for name, text in _read(file).items():
                found[name][file.name.split(".")[1]] = text
    return found


def _read(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
    return read
