"""What `firstline init` is given, read; ``ValueError`` says what to write instead."""

import re
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from ari_app.config.site_departments import NAME
from ivr.problems import near
from ivr.speech import cldr
from ivr.speech import languages as spoken


def names(texts: tuple[str, ...]) -> dict[str, str]:
    """Language -> name; a name without a language is for all others."""
    found = {}
    for text in texts:
        language, sign, name = text.partition("=")
        if not sign:
            language, name = "", text
        if language and language not in spoken.known():
            known = near(language, spoken.known())
            raise ValueError(f"{language} is not a supported language: {known}")
        if not name.strip():
            raise ValueError("the name is empty: write it")
        found[language] = name.strip()
    return found


def languages(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of languages that Firstline speaks."""
    found = tuple(dict.fromkeys(text.strip() for text in texts))
    for language in found:
        if language not in spoken.known():
            other = f"write some of {', '.join(spoken.known())} (docs/languages.md adds others)"
            raise ValueError(f"{language!r} is not a supported language: {other}")
    return found


def labelled(texts: tuple[str, ...]) -> dict[str, str]:
    """Name -> label, "" where none is given."""
    found = dict(text.partition("=")[::2] for text in texts)
    for name in found:
        if not NAME.fullmatch(name.strip()):
            raise ValueError(f"{name!r} is not a name: use letters, digits and -, 40 at most")
    return {name.strip(): label.strip() for name, label in found.items()}


def zone(text: str) -> str:
    """The name of a time zone."""
    if text not in available_timezones():
        close = get_close_matches(text, available_timezones(), n=1)
        remedy = f"did you mean {close[0]}?" if close else "write one such as Europe/Warsaw"
        raise ValueError(f"there is no time zone {text!r}: {remedy}")
    return ZoneInfo(text).key


def currency(text: str) -> str:
    """A code of ISO 4217."""
    code = text.strip().upper()
    if not cldr.is_currency(code):
        raise ValueError(f"{text!r} is no code of ISO 4217: write one such as EUR")
    return code


def numbers(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers that callers dial."""
    found = tuple(text.strip() for text in texts)
    for number in found:
        if not re.fullmatch("[0-9]{2,15}", number):
            raise ValueError(f"{number!r} is not a number to dial: write 2 to 15 digits")
    return tuple(dict.fromkeys(found))
