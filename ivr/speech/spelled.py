"""Latin text spelled out for a caller who writes it down: an address, an access point name."""

from typing import Final

from ivr.speech.cases import numeral

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NAMES: Final = {
    "ru": "а бэ цэ дэ е эф гэ аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет",
    "be": "а бэ цэ дэ э эф гэ аш і ёт ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ ікс ігрэк зэт",
    "en": " ".join(_LETTERS),
}
_SIGNS: Final = {
    "ru": {".": "точка", "-": "дефис", "_": "подчёркивание", "@": "собака", "/": "косая черта"},
    "be": {".": "кропка", "-": "злучок", "_": "падкрэсленне", "@": "сабачка", "/": "касая рыса"},
    "en": {".": "dot", "-": "hyphen", "_": "underscore", "@": "at", "/": "slash"},
}


def spelled(text: str, language: str) -> str:
    """Letter by letter: "зет, о, точка, бэ, игрек". Other letters than Latin stay as they are."""
    letters = dict(zip(_LETTERS, _NAMES[language].split(), strict=True))
    names = letters | _SIGNS[language]
    return ", ".join(
        numeral(int(sign), language) if sign in "0123456789" else names.get(sign, sign)
        for sign in text.lower()
        if not sign.isspace()
    )
