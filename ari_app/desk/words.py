"""The words of the desk in the languages of agents: ``words.yaml``, read once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("ru", "en")
"""In which agents can work; the first one where nothing else is known."""


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every word, per language."""
    text = Path(__file__).with_name("words.yaml").read_text("utf-8")
    read: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CBaseLoader)
    return read


def word(name: str, language: str, **values: object) -> str:
    """A word, with its values in it; a name that there is not is a ``KeyError``."""
    said = words()[name][language]
    return said.format(**values) if values else said
