"""Words as pages of text: what fits on the screen of a telephone in a USSD session."""

import re
from collections.abc import Container, Iterator, Sequence

from ivr.digits import Verdict, judge
from ivr.wants import Grammar

GSM, UCS2 = 160, 70
"""How much a page holds: characters of the GSM alphabet, or units of UTF-16."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038, 6.2.1."""

_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Its extension table, 6.2.1.1: each of these takes the room of two."""

MORE = {"ru": "дальше", "be": "далей", "en": "more"}
"""What the key does that turns the page."""

_MARKS = ".,;:!?"

_TURNING = ("0", "#", "00", "+")


_KEYS = {
    word: key
    for key, words in {
        "0": "ноль нуль zero",
        "1": "один адзін one",
        "2": "два two",
        "3": "три тры three",
        "4": "четыре чатыры four",
        "5": "пять пяць five",
        "6": "шесть шэсць six",
        "7": "семь сем seven",
        "8": "восемь восем eight",
        "9": "девять дзевяць nine",
        "#": "решётка решётку рашотка рашотку hash",
        "*": "звёздочка зорачка star",
    }.items()
    for word in words.split()
}
"""What keys are called."""

_CHOICE = re.compile(
    r"(?P<what>[^.!?;]+?)(?P<comma>,?) (?P<press>(?:нажмите|націсніце|press) )?"
    rf"(?P<key>{'|'.join(_KEYS)})(?=[.,;]|$)[.,;]? ?"
)
_BARE = ("для ", "for ")
"""How a choice begins that needs no comma: for English press three."""


def listed(sentence: str, keys: Container[str]) -> tuple[str, ...]:
    """The lines of a sentence: choices that it offers by these ``keys`` as "1 Balance".

    A sentence offers some if it says what to press. All other words stay as they are.
    """
    lines: list[str] = []
    at = rest = 0
    pressed = False
    while found := _CHOICE.search(sentence, at):
        at = found.end()
        what, key = found["what"].strip(), _KEYS[found["key"]]
        pressed |= bool(found["press"])
        if pressed and key in keys and (found["comma"] or what.lower().startswith(_BARE)):
            lines += filter(None, [sentence[rest : found.start()].strip()])
            lines.append(f"{key} {what[0].upper()}{what[1:]}")
            rest = at
    return (*lines, *filter(None, [sentence[rest:].strip()]))


def fits(text: str) -> bool:
    """Whether a text fits on one page."""
    if _BASIC.union(_EXTENSION).issuperset(text):
        return len(text) + sum(sign in _EXTENSION for sign in text) <= GSM
    return len(text.encode("utf-16-le")) // 2 <= UCS2


def turning(grammar: Grammar | None) -> str:
    """The key that turns the page: the first that is no answer; no telephone asks for a plus."""
    if grammar is None:
        return _TURNING[0]
    return next(key for key in _TURNING if judge(grammar, key) is Verdict.WRONG)


def pages(sentences: Sequence[str], key: str, language: str) -> tuple[str, ...]:
    """Sentences on pages, at least one: broken where a phrase ends, or else between words.

    All pages but the last end with the ``key`` that turns the page, in a line of its own.
    """
    hint = f"\n{key} {MORE.get(language, MORE['en'])}"
    words = list(_words(sentences, hint))
    found: list[str] = []
    while not fits(rest := "".join(words).strip()):
        taken = 1
        while taken < len(words) and fits("".join(words[: taken + 1]).strip() + hint):
            taken += 1
        phrases = range(taken, taken // 2, -1)  # a page that is half empty is none the better
        taken = next((end for end in phrases if _ends(words, end)), taken)
        found.append("".join(words[:taken]).strip() + hint)
        del words[:taken]
    return (*found, rest)


def _ends(words: Sequence[str], end: int) -> bool:
    """Whether a phrase ends before the word of an index."""
    return words[end - 1][-1] in _MARKS or words[end][0] == "\n"


def _words(sentences: Sequence[str], hint: str) -> Iterator[str]:
    """The words, each with what stands before it; one that fits on no page in pieces."""
    for sentence in sentences:
        before = "\n"
        for word in sentence.split():
            while not fits(word + hint):
                most = next(size for size in range(len(word), 0, -1) if fits(word[:size] + hint))
                yield before + word[:most]
                word, before = word[most:], ""
            yield before + word
            before = " "
