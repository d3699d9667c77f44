"""Texts of prompts for translators: a table of what a language has and lacks, and the way back.

A row is a prompt; its columns are the placeholders, which must stay as they are, the texts in the
languages that are translated from, and the text in the language that is translated to.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from msgspec import Struct

from ivr.problems import Place, Problem
from prompts.catalogue import Catalogue, merge
from prompts.text_reader import own_language

PROMPT, PLACEHOLDERS = "prompt", "placeholders"


class Row(Struct, frozen=True):
    """A text in a table, and its line there."""

    line: int
    prompt: str
    text: str


class Translated(Struct, frozen=True):
    """The file of a language with the texts of a table: how many are new and changed."""

    text: str
    added: int
    changed: int


class TableError(Exception):
    """The table cannot be read; the text says which column or line is wrong."""


def as_csv(catalogue: Catalogue, language: str, sources: Sequence[str], every: bool) -> str:
    """The table of the texts that a language lacks, with ``every`` of all texts."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow((PROMPT, PLACEHOLDERS, *sources, language))
    own = catalogue.texts.get(language, {})
    for prompt in _names(catalogue, language, sources):
        there = own.get(prompt)
        if there is not None and not every:
            continue
        texts = [catalogue.texts.get(each, {}).get(prompt) for each in sources]
        model = next(filter(None, texts), there)
        slots = model.slots if model is not None else {}
        placeholders = " ".join(f"{{{name}:{kind}}}" for name, kind in slots.items())
        shown = [text.source if text is not None else "" for text in (*texts, there)]
        table.writerow((prompt, placeholders, *shown))
    return out.getvalue()


def count(table: str) -> int:
    """How many texts a table has."""
    return sum(1 for _ in csv.reader(io.StringIO(table, newline=""))) - 1


def _names(catalogue: Catalogue, language: str, sources: Sequence[str]) -> Iterator[str]:
    """The texts of a language and of those that it is translated from, in the order of their files,
    without those that belong to another language."""
    names: dict[str, None] = {}
    for each in (*sources, language):
        names |= dict.fromkeys(catalogue.texts.get(each, {}))
    return (name for name in names if own_language(name) in (None, language))


def read(text: str, language: str) -> tuple[Row, ...]:
    """The rows of a table that have a text in the language; raises :class:`TableError`."""
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    try:
        header = next(lines, [])
        for column in (PROMPT, language):
            if header.count(column) != 1:
                raise TableError(f"1: the first line must name the column {column} once")
        prompt, said = header.index(PROMPT), header.index(language)
        found: list[Row] = []
        line = lines.line_num + 1
        for cells in lines:
            if len(cells) > max(prompt, said) and cells[said].strip():
                if any(one.prompt == cells[prompt].strip() for one in found):
                    raise TableError(f"{line}: {cells[prompt].strip()} stands twice: keep one")
                found.append(Row(line, cells[prompt].strip(), cells[said].strip()))
            line = lines.line_num + 1
    except csv.Error as error:
        raise TableError(f"{lines.line_num}: {error}") from error
    return tuple(found)


def translated(file: str, rows: Sequence[Row], shipped: Mapping[str, str]) -> Translated:
    """The text of a language's file with the texts of a table over it.

    New ones come at its end; what the language has alike in the file, or shipped, is left out.
    Raises :class:`TableError` for a text that the file has in another form than one line.
    """
    lines, entries, comments = file.splitlines(), _entries(file), _comments(file)
    added = changed = 0
    for row in rows:
        entry = f"{row.prompt}: {json.dumps(row.text, ensure_ascii=False)}"
        at, was = entries.get(row.prompt, (len(lines), shipped.get(row.prompt)))
        if was == row.text:
            continue
        if row.prompt not in entries:
            lines.append(entry)
            added += 1
        elif _alone(lines[at]) == {row.prompt: was}:
            lines[at] = entry + comments.get(row.prompt, "")
            changed += 1
        else:
            why = f"it has several lines in the file, from line {at + 1} on: change it there"
            raise TableError(f"{row.line}: {row.prompt}: {why}")
    return Translated("\n".join(lines) + "\n" if lines else "", added, changed)


def _entries(file: str) -> Mapping[str, tuple[int, str]]:
    """The texts of a file, each with its line, counted from 0; raises :class:`TableError`."""
    try:
        root = yaml.compose(file, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise TableError(f"1: the file of the language is no YAML: {error}") from error
    entries = root.value if isinstance(root, yaml.MappingNode) else ()
    return {key.value: (key.start_mark.line, value.value) for key, value in entries}


def _comments(file: str) -> Mapping[str, str]:
    """The comments behind texts of one line, with the space before them."""
    root, lines = yaml.compose(file, Loader=yaml.SafeLoader), file.splitlines()
    found = {}
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        end = value.end_mark
        rest = lines[end.line][end.column :] if end.line < len(lines) else ""
        if end.line == key.start_mark.line and rest.lstrip().startswith("#"):
            found[key.value] = rest
    return found


def _alone(line: str) -> object:
    """What a line means without the others; None if nothing."""
    try:
        return yaml.load(line, yaml.BaseLoader)
    except yaml.YAMLError:
        return None


def problems(
    base: Catalogue, files: Mapping[str, str], name: str, rows: Sequence[Row], table: Path
) -> tuple[Problem, ...]:
    """What is wrong with the file ``name`` among ``files``; where a row of the table brought it
    in, with the table's line."""
    lines = {at + 1: prompt for prompt, (at, _) in _entries(files[name]).items()}
    of = {row.prompt: row.line for row in rows}
    found = []
    for one in merge(base, files).problems:
        line = of.get(lines.get(one.place.line, "")) if one.place.file == name else None
        place = Place(str(table), line, 1) if line is not None else one.place
        found.append(Problem(place, one.text))
    return tuple(found)
