"""Asterisk's dialplan as text: contexts, extensions and their steps; nothing of it is run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TextIO

from msgspec import Struct

from ari_app.freepbx.errors import SourceError

MOST: Final = 500_000
"""How many lines a dialplan may have."""

LONGEST: Final = 65_536
"""How many characters a line may have; Asterisk reads 8192."""

_CONTEXT: Final = re.compile(r"\[([^\]]+)\]\s*(?:\([^)]*\)\s*)?(?:;\s*(.*))?")
_LINE: Final = re.compile(r"(exten|same)\s*=>?\s*(.*)", re.IGNORECASE)
_LABEL: Final = re.compile(r"\(\s*([\w*#-]+)\s*\)")
_CALL: Final = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)


class Step(Struct, frozen=True):
    """One step of an extension: what it does, with what, and its label ("" for none)."""

    app: str
    args: str
    label: str = ""


class Context(Struct, frozen=True):
    """A context: the comment behind its name, what it includes, and its extensions.

    ``ignored``: lines of it that cannot be read.
    """

    comment: str
    includes: list[str]
    extensions: dict[str, list[Step]]
    ignored: list[str]


def lines(file: TextIO) -> Iterator[str]:
    """The lines of a file. Raises :class:`SourceError` for one that is too long."""
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise SourceError(
                f"line {number} has more than {LONGEST} characters: this is no file of Asterisk"
            )
        yield line


def contexts(lines: Iterable[str]) -> Mapping[str, Context]:
    """The contexts of a dialplan. Raises :class:`SourceError` if it has none, or far too much."""
    found: dict[str, Context] = {}
    one, extension = Context("", [], {}, []), ""
    for number, line in enumerate(_without_blocks(lines)):
        if number > MOST:
            raise SourceError(f"a dialplan of more than {MOST} lines is none")
        text = line.strip()
        if head := _CONTEXT.fullmatch(text):
            one = found.setdefault(head[1], Context(head[2] or "", [], {}, []))
            continue
        text = _uncommented(text)
        if text.lower().startswith("include") and "=>" in text:
            one.includes.append(text.partition("=>")[2].strip())
        elif line_found := _LINE.fullmatch(text):
            body = line_found[2]
            if line_found[1].lower() == "exten":
                extension, _, body = body.partition(",")
                extension = extension.strip()
            if (step := _step(body)) is None:
                one.ignored.append(text)
            elif step.app:
                one.extensions.setdefault(extension, []).append(step)
    if not any(each.extensions for each in found.values()):
        raise SourceError("this is no dialplan: no context of it has an extension")
    return found


def _step(body: str) -> Step | None:
    """A step without its priority; a hint is one without an application."""
    head, _, rest = (part.strip() for part in body.partition(","))
    priority, bracket, label = head.partition("(")
    labelled = _LABEL.fullmatch(bracket + label)
    if not priority or not rest or (bracket and not labelled):
        return None
    if priority.strip().lower() == "hint":
        return Step("", rest)
    return application(rest, labelled[1] if labelled else "")


def application(text: str, label: str = "") -> Step | None:
    """The step of an application and its arguments; None if it is none."""
    call = _CALL.fullmatch(text)
    return Step(call[1].lower(), call[2] or "", label) if call else None


def _without_blocks(lines: Iterable[str]) -> Iterator[str]:
    """The lines without what stands from ``;--`` to ``--;``, which may be lines apart; ``;---`` is
    a comment of one line (Asterisk, main/config.c)."""
    inside = False
    for line in lines:
        kept, rest = "", line
        while rest:
            if inside:
                _, end, rest = rest.partition("--;")
                inside = not end
            else:
                begin = re.search(r"(?<!\\);--(?!-)|(?<!\\);", rest)
                if begin is None or begin[0] == ";":
                    kept, rest = kept + rest, ""
                else:
                    kept, rest, inside = kept + rest[: begin.start()], rest[begin.end() :], True
        yield kept


def _uncommented(text: str) -> str:
    """A line without its comment; an escaped semicolon stays."""
    return re.split(r"(?<!\\);", text, maxsplit=1)[0].strip().replace("\\;", ";")


def arguments(text: str, sign: str = ",") -> list[str]:
    """The arguments of an application: commas inside brackets, braces and quotes are no ends."""
    found, depth, quoted, part = [], 0, False, ""
    for char in text:
        if char == '"':
            quoted = not quoted
        depth += (char in "({[") - (char in ")}]")
        if char == sign and depth <= 0 and not quoted:
            found.append(part.strip())
            part = ""
        else:
            part += char
    return [*found, part.strip()]


def branches(args: str) -> tuple[str, str, str]:
    """The condition of a GotoIf, and its two targets, "" for none."""
    condition, *rest = arguments(args, "?")
    yes, *no = arguments("?".join(rest), ":")
    return condition, yes, ":".join(no)


def goto_targets(steps: Iterable[Step]) -> Iterator[str]:
    """The targets of all Goto of an extension."""
    for step in steps:
        if step.app == "goto":
            yield step.args
