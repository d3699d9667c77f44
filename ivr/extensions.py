"""Extensions of Asterisk's dialplan: which dialled number fits which."""

import re
from functools import lru_cache

_SIGNS = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*"}


def fits(number: str, extension: str) -> bool:
    """Whether a number is dialled by an extension: the number itself, or a pattern after ``_``."""
    return number == extension or (
        extension.startswith("_") and bool(_pattern(extension[1:]).fullmatch(number))
    )


@lru_cache(maxsize=256)
def _pattern(written: str) -> re.Pattern[str]:
    """A pattern as a regular expression; ``-`` and spaces in it mean nothing, as in Asterisk.

    One that is no regular expression fits anything: Asterisk may read it otherwise.
    """
    parts = re.findall(r"\[[^\]]+\]|[^\s-]", written)
    found = "".join(
        part if len(part) > 1 else _SIGNS.get(part.upper(), re.escape(part)) for part in parts
    )
    try:
        return re.compile(found)
    except re.error:
        return re.compile(".*")
