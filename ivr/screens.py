"""Sentences as pages of text that fit into one USSD message."""

import re
from collections.abc import Container, Iterator, Sequence

from ivr.digits import Verdict, judge
from ivr.wants import Grammar

GSM, UCS2 = 160, 70
"""The size of a page: in GSM 7-bit characters, or in UTF-16 units (UCS-2)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038, 6.2.1."""

_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Its extension table, 6.2.1.1: each of these counts as two characters."""

MORE = {"ru": "дальше", "be": "далей", "en": "more"}
"""Language -> the label of the key that shows the next page."""

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
"""Spoken name of a key -> the key."""

_CHOICE = re.compile(
    r"(?P<what>[^.!?;]+?)(?P<comma>,?) (?P<press>(?:нажмите|націсніце|press) )?"
    rf"(?P<key>{'|'.join(_KEYS)})(?=[.,;]|$)[.,;]? ?"
)
_BARE = ("для ", "for ")
"""How a choice starts that needs no comma: "for English press three"."""


def listed(sentence: str, keys: Container[str]) -> tuple[str, ...]:
    """The lines of a menu sentence, with each choice of ``keys`` rewritten as "1 Balance".

    Only a sentence that says what to press has choices; all other words stay as they are.
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
    """The key for the next page: the first one that is not an answer of ``grammar``."""
    if grammar is None:
        return _TURNING[0]
    return next(key for key in _TURNING if judge(grammar, key) is Verdict.WRONG)


def pages(sentences: Sequence[str], key: str, language: str) -> tuple[str, ...]:
    """Split sentences into pages, at least one, at the ends of phrases or else between words.

    All pages but the last end with a line for the ``key`` that shows the next page.
    """
    hint = f"\n{key} {MORE.get(language, MORE['en'])}"
    words = list(_words(sentences, hint))
    found: list[str] = []
    while not fits(rest := "".join(words).strip()):
        taken = 1
        while taken < len(words) and fits("".join(words[: taken + 1]).strip() + hint):
            taken += 1
        phrases = range(taken, taken // 2, -1)  # no page is left more than half empty
        taken = next((end for end in phrases if _ends(words, end)), taken)
        found.append("".join(words[:taken]).strip() + hint)
        del words[:taken]
    return (*found, rest)


def _ends(words: Sequence[str], end: int) -> bool:
    """Whether a phrase ends before the word with the index ``end``."""
    return words[end - 1][-1] in _MARKS or words[end][0] == "\n"


def _words(sentences: Sequence[str], hint: str) -> Iterator[str]:
    """The words, each with the space or line break before it; longer than a page: in pieces."""
    for sentence in sentences:
        before = "\n"
        for word in sentence.split():
            while not fits(word + hint):
                most = next(size for size in range(len(word), 0, -1) if fits(word[:size] + hint))
                yield before + word[:most]
                word, before = word[most:], ""
            yield before + word
            before = " "
