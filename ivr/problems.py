"""Problems of files: what is wrong, where, and how to fix it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from msgspec import Struct

COMPARED = 2000
"""Among more names than this the nearest one is not looked for: it would take seconds."""


class Place(Struct, frozen=True, order=True):
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(Struct, frozen=True, order=True):
    """A finding, printed in the form that editors and compilers use.

    ``rule``: the rule that is violated. A ``warning`` does not keep the flow from being used.
    """

    place: Place
    text: str
    rule: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{self.place}: {mark}{self.rule}{': ' if self.rule else ''}{self.text}"


def near(word: str, known: Iterable[str]) -> str:
    """The end of an error message: the nearest known name, or the names there are."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1) if len(names) <= COMPARED else []
    if close:
        return f"did you mean {close[0]}?"
    if len(names) > 12:
        return f"there are {len(names)} of them, such as {', '.join(names[:5])}"
    return f"known: {', '.join(names) or 'none'}"
