"""Latin text spelled out for a caller who writes it down: an address, an access point name."""

from string import ascii_lowercase

from ivr.speech.languages import language as spoken
from ivr.speech.numerals import numeral


def spelled(text: str, language: str) -> str:
    """Letter by letter: "зет, о, точка, бэ, игрек". Other letters than Latin stay as they are."""
    found = spoken(language)
    names = dict(zip(ascii_lowercase, found.letters.split(), strict=True)) | found.signs
    return ", ".join(
        numeral(int(sign), language) if sign in "0123456789" else names.get(sign, sign)
        for sign in text.lower()
        if not sign.isspace()
    )
