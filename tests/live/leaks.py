"""Looks for a secret in all that an installation leaves behind, however it came there."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ivr.identity.keypad import normalise

_NUMBER = re.compile(r"\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\b")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def leaks(directory: Path, *secrets: str) -> list[str]:
    """The files in a directory that hold one of the secrets; what is sound holds no text."""
    return [
        str(file.relative_to(directory))
        for file in sorted(directory.rglob("*"))
        if file.is_file()
        and file.suffix != ".wav"
        and any(holds(_read(file), secret) for secret in secrets)
    ]


def holds(text: str, secret: str) -> bool:
    """Whether a text holds a word, or keys: at one go, with signs between, or one in a line."""
    if not secret.isdigit():
        return normalise(secret) in normalise(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text))
    apart = re.compile("[^0-9]{0,6}".join(secret))
    return bool(apart.search(text)) or any(secret in column for column in _columns(text))


def _read(file: Path) -> str:
    text = file.read_bytes().decode(errors="ignore")
    if file.suffix == ".db":
        with closing(sqlite3.connect(file)) as database:
            text += "\n".join(database.iterdump())
    return text


def _columns(text: str) -> Iterator[str]:
    """Single digits that stand at the same place of lines that are otherwise the same."""
    columns: dict[tuple[str, int], list[str]] = defaultdict(list)
    for line in text.splitlines():
        form = _NUMBER.sub("#", line)
        for place, number in enumerate(_NUMBER.findall(line)):
            if len(number) == 1:
                columns[form, place].append(number)
    return map("".join, columns.values())
