"""What the administrator's own files add to ours: queues, and numbers that can be dialled."""

import re
from collections.abc import Iterator
from pathlib import Path

PEOPLE = "firstline-people"
"""The context of all numbers that can be dialled."""

_SECTION = re.compile(r"\s*\[([^\]]+)\]")
_EXTENSION = re.compile(r"\s*exten\s*=>?\s*([^,\s]+)\s*,", re.IGNORECASE)
_ELSEWHERE = re.compile(r"\s*(?:#include|#tryinclude|#exec|(?:include|switch)\s*=)", re.IGNORECASE)


def own_queues(directory: Path) -> tuple[str, ...]:
    """The queues of ``queues_custom.conf``."""
    found = (section for section, _ in _lines(directory / "queues_custom.conf"))
    return tuple(dict.fromkeys(name for name in found if name not in ("", "general")))


def own_numbers(directory: Path) -> tuple[str, ...] | None:
    """The extensions of ``extensions_custom.conf`` that can be dialled; None if they are not all
    there, because it includes others."""
    found: dict[str, None] = {}
    for section, line in _lines(directory / "extensions_custom.conf"):
        if _ELSEWHERE.match(line) and section in ("", PEOPLE):
            return None
        if section == PEOPLE and (extension := _EXTENSION.match(line)):
            found[extension[1]] = None
    return tuple(found)


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Each line with its section, "" before the first; none if there is no such file."""
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return
    section = ""
    for line in text.splitlines():
        if head := _SECTION.match(line):
            section = head[1]
        yield section, line
