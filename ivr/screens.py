"""Sentences as pages of text that fit into one message of a line."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from ivr.speech.key_names import KeyNames, key_names
from ivr.speech.languages import known
from ivr.speech.languages import language as spoken_language


class PageSize(Struct, frozen=True):
    """The size of a page: in characters of GSM 7-bit, or in UTF-16 units of UCS-2."""

    gsm: int
    ucs2: int


USSD = PageSize(182, 80)
"""160 octets: 3GPP TS 23.090 with the alphabets of TS 23.038."""

SMS = PageSize(160, 70)
"""140 octets: 3GPP TS 23.040, 9.2.3.24."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 3GPP TS 23.038, 6.2.1."""

_EXTENSION = frozenset("^{}\\[~]|€\f")
"""Its extension table, 6.2.1.1: each of these counts as two characters."""

_MARKS = (".!?", ".,;:!?")
"""What ends a sentence, and what ends a phrase."""

_WITHIN = r"\.(?=[,0-9])"
"""A full stop that ends no sentence: "12.50 EUR, press 1", "12,50 руб., нажмите 1"."""

_TURNING = ("9", "0", "#", "*", "00")


class Choice(str):
    """A line of a menu, such as "1 Balance": it is not cut over two pages."""

    __slots__ = ()


def listed(sentence: str, keys: Container[str]) -> tuple[str, ...]:
    """The lines of a menu sentence, with each choice of ``keys`` as a :class:`Choice`.

    Only a sentence that says what to press has choices; all other words stay as they are.
    """
    names = key_names()
    offered = _offered(names)
    lines: list[str] = []
    at = rest = 0
    pressed = False
    while found := offered.search(sentence, at):
        at = found.end()
        what, key = found["what"].strip(), names.called(found["key"])
        pressed |= bool(found["press"] or found["then"])
        if pressed and key in keys and (found["comma"] or _bare(what, names)):
            lines += filter(None, [sentence[rest : found.start()].strip()])
            lines.append(Choice(f"{key} {what[0].upper()}{what[1:]}"))
            rest = at
    return (*lines, *filter(None, [sentence[rest:].strip()]))


@lru_cache(maxsize=4)
def _offered(names: KeyNames) -> "re.Pattern[str]":
    """What finds a choice in a sentence: "for English, press three.".

    A figure is a key only next to a word for pressing, as in a row of a list: "the lamp, press 1".
    """
    press, keys = ("|".join(map(re.escape, sorted(each))) for each in (names.press, names.keys))
    return re.compile(
        rf"(?P<what>(?:[^.!?;]|{_WITHIN})+?)(?P<comma>,?) (?P<press>(?:{press}) )?"
        rf"(?P<key>{keys}|(?(press)[0-9]|[0-9](?= (?:{press}))))(?P<then> (?:{press}))?"
        r"(?=[.,;]|$)[.,;]? ?"
    )


def _bare(what: str, names: KeyNames) -> bool:
    """Whether a choice starts as one that needs no comma: "for English press three"."""
    return what.lower().startswith(names.choices)


def fits(text: str, size: PageSize = USSD) -> bool:
    """Whether a text fits on one page."""
    if _BASIC.union(_EXTENSION).issuperset(text):
        return len(text) + sum(sign in _EXTENSION for sign in text) <= size.gsm
    return len(text.encode("utf-16-le")) // 2 <= size.ucs2


def turning(lines: Iterable[str]) -> str:
    """The key for the next page: the same one everywhere, unless a choice of these lines has it."""
    taken = {line.partition(" ")[0] for line in lines if isinstance(line, Choice)}
    return next(key for key in _TURNING if key not in taken)


def pages(lines: Iterable[str], key: str, language: str, size: PageSize = USSD) -> tuple[str, ...]:
    """Split lines into pages, at least one: see :func:`page`."""
    rest = words(lines, key, language, size)
    found: list[str] = []
    while rest or not found:
        text, rest = page(rest, key, language, size)
        found.append(text)
    return tuple(found)


def page(
    rest: Sequence[str], key: str, language: str, size: PageSize
) -> tuple[str, tuple[str, ...]]:
    """The next page of :func:`words`, and the words that are left for further pages.

    It ends at the end of a sentence, so that the row of a list keeps its price, or else at that of
    a phrase, or between words; where words are left with a line for the ``key`` that shows the next
    page.
    """
    if fits(text := "".join(rest).strip(), size):
        return text, ()
    hint = _hint(key, language)
    taken = 1
    while taken < len(rest) and fits("".join(rest[: taken + 1]).strip() + hint, size):
        taken += 1
    phrases = range(taken, taken // 2, -1)  # no page is left more than half empty
    ends = (end for marks in _MARKS for end in phrases if _ends(rest, end, marks))
    taken = next(ends, taken)
    return "".join(rest[:taken]).strip() + hint, tuple(rest[taken:])


def words(lines: Iterable[str], key: str, language: str, size: PageSize) -> tuple[str, ...]:
    """The words of lines, each with the space or line break before it.

    A choice is one word. What is longer than a page with the line for the ``key`` is in pieces.
    """
    hint = _hint(key, language)
    return tuple(_words(lines, lambda text: fits(text + hint, size)))


def _hint(key: str, language: str) -> str:
    more = spoken_language(language).more if language in known() else ""
    return f"\n{key} {more or '>>'}"


def _ends(rest: Sequence[str], end: int, marks: str) -> bool:
    """Whether one of ``marks`` or a line ends before the word with the index ``end``."""
    return rest[end - 1][-1] in marks or rest[end][0] == "\n"


def _words(lines: Iterable[str], fit: Callable[[str], bool]) -> Iterator[str]:
    for line in lines:
        before = "\n"
        for word in [line] if isinstance(line, Choice) and fit(line) else line.split():
            while not fit(word):
                most = next(size for size in range(len(word), 0, -1) if fit(word[:size]))
                yield before + word[:most]
                word, before = word[most:], ""
            yield before + word
            before = " "
