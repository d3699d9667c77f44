"""The languages that tests are of."""

from ivr.speech import languages
from ivr.speech.language import Case, Noun

IN_MENUS = ("ru", "be", "en")
"""Those of the shipped menus."""

SHIPPED = languages.shipped()

LANGUAGES = IN_MENUS
CASES: tuple[Case, ...] = ("nominative", "genitive", "accusative")
UNITS = tuple(languages.language("en").units)
CURRENCIES = tuple(languages.language("en").currencies)

MORE = {code: languages.language(code).more for code in SHIPPED}
"""Language -> what the key for the next page of a text is called."""


def currency(code: str, language: str) -> tuple[Noun, Noun]:
    """The nouns of a currency and of its part."""
    spoken = languages.language(language)
    return spoken.noun(spoken.currencies[code].unit), spoken.noun(spoken.currencies[code].part)
