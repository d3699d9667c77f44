"""Countries by name, in the languages of the package `phonenumbers`: for `firstline init` alone."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from phonenumbers import SUPPORTED_REGIONS


def country_named(text: str) -> str:
    """The ISO 3166 code of a country that is written as its code, or by its name in any language;
    ``ValueError`` names the nearest ones."""
    wanted = text.strip().casefold()
    if wanted.upper() in SUPPORTED_REGIONS:
        return wanted.upper()
    names = _names()
    if wanted not in names:
        close = get_close_matches(wanted, names, n=1)
        remedy = f"did you mean {close[0]}?" if close else "write its ISO 3166 code, such as PL"
        raise ValueError(f"there is no country {text!r}: {remedy}")
    return names[wanted]


@cache
def _names() -> Mapping[str, str]:
    """Name, folded -> code."""
    from phonenumbers.geodata.locale import LOCALE_DATA  # it loads half a second of geography

    return {
        name.casefold(): code
        for code, by_language in LOCALE_DATA.items()
        if code in SUPPORTED_REGIONS
        for name in by_language.values()
        if not name.startswith("*")  # the same as in another language
    }
