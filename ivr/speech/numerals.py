"""Numerals in words, in a gender and a grammatical case.

The library num2words makes them, in the nominative and without gender; ends of numerals and words
are then replaced as the language's file says. Where the library does not know a language, or gets
it wrong, the file has rules, a part of ICU's rule-based number format: the number from which each
rule holds, and its words, in which ``<<`` is the number of times that the rule's power of ten goes
into the number, ``>>`` the rest, and ``[…]`` is left out where there is no rest.
"""

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Final

from ivr.speech.language import NOMINATIVE, Case, Gender, Language, PhraseError
from ivr.speech.languages import language as spoken

LIMIT: Final = 10**15
"""Larger numbers are a fault of their source."""

_OPTIONAL: Final = re.compile(r"\[([^\]]*)\]")


def numeral(number: int, language: str, gender: Gender = "", case: Case = NOMINATIVE) -> str:
    """A whole number in words. Raises :class:`PhraseError` for one that is too large."""
    return _numeral(number, spoken(language), gender, case)


@lru_cache(maxsize=8192)
def _numeral(number: int, language: Language, gender: Gender, case: Case) -> str:
    if abs(number) >= LIMIT:
        raise PhraseError("the number is too large to be said: check the system that returned it")
    if number < 0:
        return f"{language.minus} {_numeral(-number, language, gender, case)}"
    made = language.numerals
    text = _by_rules(number, made.rules) if made.rules else _by_num2words(number, made.num2words)
    for wrong, right in made.corrected.items():
        text = text.replace(wrong, right)
    forms = {**made.cases.get(case, {}), **made.cases.get(f"{case} {gender}", {})}
    agreed = _agreeing(number, text, made.genders.get(gender, {}))
    if agreed == text and (whole := forms.get(str(number))):
        return whole
    return " ".join(forms.get(word, word) for word in agreed.split())


def _by_num2words(number: int, code: str) -> str:
    from num2words import num2words

    try:
        words = str(num2words(number, lang=code)).replace(",", "")
    except NotImplementedError as error:
        raise PhraseError(f"num2words has no language {code!r}: write rules") from error
    return words


def _by_rules(number: int, rules: dict[int, str]) -> str:
    starts = sorted(rules)
    start = starts[max(0, bisect_right(starts, number) - 1)]
    power = 10 ** (len(str(start)) - 1)
    times, rest = divmod(number, power)
    text = _OPTIONAL.sub(lambda found: found[1] if rest else "", rules[start])
    if "<<" in text:
        text = text.replace("<<", _by_rules(times, rules))
    return text.replace(">>", _by_rules(rest, rules)) if ">>" in text else text


def _agreeing(number: int, text: str, ends: dict[str, str]) -> str:
    """A numeral in the gender whose ``ends`` are given."""
    if whole := ends.get(str(number)):
        return whole
    for end, instead in ends.items():
        if not end.isdigit() and text.endswith(end):
            return text.removesuffix(end) + instead
    return text


@lru_cache(maxsize=1024)
def ordinal(number: int, language: Language) -> str:
    """The ordinal of a day or a year: the last word of a number as the file has it.

    "двадцать первого"; with ``ordinal_tens`` the tens before it as well: "dwudziestego pierwszego".
    """
    if found := language.ordinals.get(number):
        return found
    if language.ordinal_tens and number % 100 > 20 and number % 10:
        tail = f"{language.ordinals[number % 100 // 10 * 10]} {language.ordinals[number % 10]}"
        rest = number - number % 100
    else:
        last = _last_word(number)
        tail, rest = language.ordinals.get(last, numeral(last, language.code)), number - last
    head = numeral(rest, language.code).removeprefix(language.year_without) if rest else ""
    return f"{head} {tail}".strip()


def _last_word(number: int) -> int:
    """The part of a compound number that becomes an ordinal, its last word: 2026 -> 6."""
    if number % 100:
        tens = number % 100
        return tens if tens < 20 or tens % 10 == 0 else tens % 10
    return number % 1000 or number
