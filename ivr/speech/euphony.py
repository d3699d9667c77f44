"""Prepositions before a value: Russian says "со второго", not "с второго"."""

import re
from typing import Final

from ivr.speech.dates import MONTHS

_PREPOSITION: Final = re.compile(r"(?<!\w)([свк])(?=\s*$)", re.IGNORECASE)
_CLUSTER: Final = re.compile(rf"(?:вт|вс|мн)\w|2 (?:{'|'.join(MONTHS['ru'])})")
_AFTER_S: Final = re.compile(r"[сзшж][бвгджзклмнпрстфхцчшщ]|ст[ао]\b")


def fitted(before: str, words: str, language: str) -> str:
    """``before``, with the preposition at its end in the form that fits the ``words`` after it."""
    found = _PREPOSITION.search(before) if language == "ru" else None
    if found is None:
        return before
    short = found[1]
    long = _CLUSTER.match(words) or (short.lower() == "с" and _AFTER_S.match(words))
    return before[: found.end()] + "о" + before[found.end() :] if long else before
