"""Words of text sessions: which code a text such as "my balance" stands for."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ivr.identity.keypad import normalise
from ivr.speech.languages import refusals

STEM, ENDING = 4, 2
"""Two forms of a word begin alike: with so many letters, and with all but so many of the last."""

_MOST = 12
"""Of a longer text so many words at the beginning are read."""

_BETWEEN = re.compile(r"[\s,.;:!?()\"«»-]+")


def code_of(text: str, words: Mapping[str, str]) -> str:
    """The code that a text stands for; "" if it stands for none, or for more than one.

    ``words`` are those of :attr:`ivr.model.Book.words`, each with its code. The text may be one of
    them, name it among other words, or name it in another form ("balances"); the longest one counts
    ("data package" before "data"). A text with digits is none of these: it may be a number; nor is
    one that refuses something ("do not call me back").
    """
    whole = normalise(text)
    if whole in words or not whole.isalpha():
        return words.get(whole, "")
    said = tuple(filter(None, map(normalise, _BETWEEN.split(text))))[:_MOST]
    if refusals() & {*said, *_runs(said, 2)}:
        return ""
    for run in range(len(said), 0, -1):
        if found := {words[each] for each in _runs(said, run) if each in words}:
            return _only(found)
    return _only({code for word, code in words.items() for each in said if _alike(each, word)})


def _runs(said: Sequence[str], many: int) -> Iterator[str]:
    """``many`` words in a row, as one."""
    return ("".join(said[at : at + many]) for at in range(len(said) - many + 1))


def _alike(one: str, other: str) -> bool:
    """Whether two words may be forms of the same one."""
    same = max(STEM, len(one) - ENDING, len(other) - ENDING)
    return len(one) >= same and one[:same] == other[:same]


def _only(codes: set[str]) -> str:
    return codes.pop() if len(codes) == 1 else ""
