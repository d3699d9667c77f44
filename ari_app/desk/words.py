"""The texts of the desk in the languages of agents, read once.

See :func:`ari_app.pages.words.texts`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from ari_app.pages.words import SHARED, texts
from ivr.speech.languages import language


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Every text by name and language."""
    return texts(SHARED, Path(__file__).parent)


@cache
def page_languages() -> tuple[str, ...]:
    """The languages of the pages, those of the first text; the first is the default."""
    return tuple(next(iter(words().values())))


def by_site(site: Sequence[str]) -> tuple[str, ...]:
    """The languages of the pages; the first, which is the default, is the first of the site's, or
    one that its speakers read as well."""
    read = (each for one in site for each in language(one).reads)
    first = next((one for one in (*site, *read) if one in page_languages()), page_languages()[0])
    return first, *(one for one in page_languages() if one != first)


def word(name: str, language: str, **values: object) -> str:
    """A text with its values filled in, in the default language where another has none;
    ``KeyError`` if there is no such name."""
    texts = words()[name]
    text = texts.get(language) or texts[page_languages()[0]]
    return text.format(**values) if values else text
