"""Where the words of a value are cut, so that their parts are found in the cache again.

"две тысячи," "триста сорок пять рублей," "двенадцать копеек.": of amounts there are millions, of
their parts some hundreds. A day and its time are parts as well.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, cast

from ivr.speech import currencies
from ivr.speech.cases import counted
from ivr.speech.language import Noun
from ivr.speech.languages import language as spoken_language
from prompts.recorded_values import named

NUMBERS: Final = ("money", "count")
TIMES: Final = ("moment", "when", "deadline")
_BEFORE: Final = ("at", "at-u", "by")
_UNCUT: Final = ("currency-part",)


def parts(text: str, kind: str, language: str, currency: str) -> tuple[str, ...]:
    """The parts of a value's words, in order; one if there is nothing to cut.

    ``currency`` is the ISO 4217 code of the operator's own.
    """
    if kind not in NUMBERS and kind not in TIMES:
        return (text,)
    words = text.split()
    names = [named(word, language, currency) or "" for word in words]
    found = [0, *(at for at in range(1, len(words)) if _cut(names, at, kind)), len(words)]
    return tuple(" ".join(words[a:b]) for a, b in pairwise(found))


def _cut(names: list[str], at: int, kind: str) -> bool:
    """Whether a value is cut before a word."""
    before, here = names[at - 1], names[at]
    if kind in TIMES:
        return here in _BEFORE
    if before.startswith("thousand"):
        return here[:1].isdigit() or here == "hundred"
    return before.startswith("currency-") and not before.startswith(_UNCUT)


def likely(language: str, currency: str, most: int) -> Iterator[str]:
    """What is spoken of amounts up to ``most``, at the end of a sentence; nothing without currency.

    "пять рублей." "пять рублей," "двенадцать копеек."
    """
    found = currencies.words(currency, language) if currency else None
    if found is None or found.unit is None:
        return
    for number in range(most + 1):
        words = counted(number, found.unit, language)
        yield from (f"{words}.", f"{words},")
    joined = spoken_language(language).joined.lstrip()
    for number in range(1, 10**found.digits if found.part and found.digits < 3 else 1):
        words = counted(number, cast("Noun", found.part), language)
        yield f"{words}."
        if joined:
            yield f"{joined}{words}."
