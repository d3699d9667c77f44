"""The texts of the desk in the languages of agents: ``words.yaml``, read once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language."""
    text = Path(__file__).with_name("words.yaml").read_text("utf-8")
    read: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CBaseLoader)
    return read


@cache
def page_languages() -> tuple[str, ...]:
    """The languages of the pages, those of the first text; the first is the default."""
    return tuple(next(iter(words().values())))


def word(name: str, language: str, **values: object) -> str:
    """A text with its values filled in; ``KeyError`` if there is no such name."""
    text = words()[name][language]
    return text.format(**values) if values else text
