"""What gateways send: what was dialled, and all replies so far, joined by ``*``."""

import re
from collections.abc import Iterator

from msgspec import Struct

from ivr.model import Book

OTHERS = "this sessionId belongs to another phoneNumber or serviceCode"
"""The answer to a gateway that uses the id of a session for another one."""

_DIALLED = re.compile(r"\*?[0-9][0-9*]*#")
_REPLY = re.compile(r"(\*(?=\*|$)|[^*]*)(\*|$)")


class Request(Struct, frozen=True):
    """A request of a gateway; ``text`` is all replies so far, joined by ``*``."""

    session: str
    code: str
    number: str
    text: str


def dialled(book: Book, code: str, text: str) -> tuple[str, str]:
    """The code that was dialled, and the beginning of ``text`` that belongs to it.

    Gateways send what was dialled as the code, or as the first ``text``, with or without the star:
    ``*100*2#`` and ``100*2#`` are both the code ``*100#`` with the reply ``2``. A code may also
    lack its ``#``.
    """
    if _DIALLED.fullmatch(text):
        whole = _whole(text)
        if book.answering(whole) is not None:
            return whole, text
    whole = _whole(code)
    bare = book.answering(code) is None and book.answering(whole) is not None
    return whole if bare else code, ""


def dialled_before(book: Book, text: str) -> str:
    """What was dialled as the first text, and begins a later one; "" if that does not."""
    code, sign, further = text.partition("#")
    return dialled(book, "", code + sign)[1] if further[:1] in ("", "*") else ""


def _whole(code: str) -> str:
    return f"*{code.removeprefix('*').removesuffix('#')}#"


def replies(joined: str) -> Iterator[str]:
    """Split replies that are joined by ``*``; a reply may be ``*`` itself."""
    at, more = 0, True
    while more:
        found = _REPLY.match(joined, at)
        assert found is not None
        yield found[1]
        at, more = found.end(), bool(found[2])
