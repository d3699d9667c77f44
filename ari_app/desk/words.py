"""The texts of the desk in the languages of agents, read once.

See :func:`ari_app.pages.words.texts`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ari_app.pages.words import SHARED, texts


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language."""
    return texts(SHARED, Path(__file__).parent)


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
