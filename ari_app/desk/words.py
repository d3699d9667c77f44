"""The texts of the desk in the languages of agents, read once.

They are in ``words.yaml``, and those of each further language in ``words.CODE.yaml``.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language."""
    found: dict[str, dict[str, str]] = _read(_HERE / "words.yaml")
    for file in sorted(_HERE.glob("words.*.yaml")):
        for name, text in _read(file).items():
            found[name][file.name.split(".")[1]] = text
    return found


def _read(file: Path) -> dict[str, Any]:
    texts: dict[str, Any] = yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
    return texts


@cache
def page_languages() -> tuple[str, ...]:
    """The languages of the pages, those of the first text; the first is the default."""
    return tuple(next(iter(words().values())))


def word(name: str, language: str, **values: object) -> str:
    """A text with its values filled in, in the default language where another has none;
    ``KeyError`` if there is no such name."""
    texts = words()[name]
    text = texts.get(language) or texts[page_languages()[0]]
    return text.format(**values) if values else text
