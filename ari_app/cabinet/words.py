"""The texts of the cabinet, read once. See :func:`ari_app.pages.words.texts`."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from ari_app.pages.words import SHARED, texts


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language."""
    return texts(SHARED, Path(__file__).parent)


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are texts in; the first is the default."""
    return tuple(next(iter(words().values())))


def offered(site: Collection[str]) -> tuple[str, ...]:
    """The languages of the site that there are texts in; all that there are, if none is."""
    return tuple(one for one in site if one in languages()) or languages()


def word(name: str, language: str, **values: object) -> str:
    """A text with its values filled in; ``KeyError`` if there is no such name."""
    found = words()[name]
    text = found.get(language) or found[languages()[0]]
    return text.format(**values) if values else text
