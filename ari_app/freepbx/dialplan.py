"""Asterisk's dialplan as text: contexts, extensions and their steps; nothing of it is run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TextIO

from msgspec import Struct
from msgspec.structs import replace

from ari_app.freepbx.errors import SourceError

MOST: Final = 500_000
"""How many lines a dialplan may have."""

LONGEST: Final = 65_536
"""How many characters a line may have; Asterisk reads 8192."""

DEEPEST: Final = 5
"""How many conditions in each other are followed."""

_CONTEXT: Final = re.compile(r"\[([^\]]+)\]\s*(?:\(([^)]*)\)\s*)?(?:;\s*(.*))?")
_LINE: Final = re.compile(r"(exten|same)\s*=>?\s*(.*)", re.IGNORECASE)
_PRIORITY: Final = re.compile(
    r"(hint|n|next|s|same|\d{1,9})(?:\s*\+\s*(\d{1,9}))?(?:\s*\(\s*([\w*#-]+)\s*\))?", re.IGNORECASE
)
_CALL: Final = re.compile(r"(\w+)\s*(?:\((.*)\))?", re.DOTALL)


class Step(Struct, frozen=True):
    """One step of an extension: what it does, with what, its label ("" for none), and its number
    there. One without an application stands where numbers are left out: a call ends there."""

    app: str
    args: str
    label: str = ""
    priority: int = 0


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
    reader = _Reader()
    for number, line in enumerate(_without_blocks(lines)):
        if number > MOST:
            raise SourceError(f"a dialplan of more than {MOST} lines is none")
        text = line.strip()
        if head := _CONTEXT.fullmatch(text):
            reader.begin(head[1], head[2] or "", head[3] or "")
        else:
            reader.line(_uncommented(text))
    return reader.contexts()


class _Reader:
    """Contexts as they are read, line by line."""

    def __init__(self) -> None:
        self._found: dict[str, Context] = {}
        self._steps: dict[str, dict[str, dict[int, Step]]] = {}
        """Context -> extension -> the number of a step -> the step."""
        self._one, self._own = Context("", [], {}, []), dict[str, dict[int, Step]]()
        self._extension, self._last = "", 0

    def begin(self, name: str, options: str, comment: str) -> None:
        """Begin a context, or go on with it; ``options`` are the templates that it is made of."""
        self._one = self._found.setdefault(name, Context(comment, [], {}, []))
        self._own, self._last = self._steps.setdefault(name, {}), 0
        for base in arguments(options):
            if (template := self._found.get(base)) and base != name:
                self._one.includes.extend(template.includes)
                self._one.ignored.extend(template.ignored)
                for extension, steps in self._steps[base].items():
                    self._own[extension] = steps | self._own.get(extension, {})
            elif base not in ("", "!", "+"):
                self._one.ignored.append(f"[{name}]({options})")

    def line(self, text: str) -> None:
        """Read a line of a context."""
        if text.lower().startswith("include") and "=>" in text:
            self._one.includes.append(text.partition("=>")[2].strip())
        elif found := _LINE.fullmatch(text):
            body = found[2]
            if found[1].lower() == "exten":
                extension, _, body = body.partition(",")
                self._extension = extension.strip()
            step = _step(body, self._last)
            if step and step.priority:
                self._last = step.priority
                steps = self._own.setdefault(self._extension, {})
                step = step if step.app and self._last not in steps else None
                steps |= {self._last: step} if step else {}
            if step is None:
                self._one.ignored.append(text)

    def contexts(self) -> Mapping[str, Context]:
        """What was read. Raises :class:`SourceError` if no context has an extension."""
        for name, own in self._steps.items():
            numbered = {extension: _in_order(steps) for extension, steps in own.items() if steps}
            self._found[name].extensions.update(numbered)
        if not any(each.extensions for each in self._found.values()):
            raise SourceError("this is no dialplan: no context of it has an extension")
        return self._found


def _step(body: str, last: int) -> Step | None:
    """A step, ``last`` the number of the one before it in its context; without an application if
    that cannot be read, and without a number for a hint."""
    head, _, rest = (part.strip() for part in body.partition(","))
    found = _PRIORITY.fullmatch(head)
    if not found or not rest:
        return None
    own, more = found[1].lower(), int(found[2] or 0)
    if own == "hint":
        return Step("", rest)
    number = int(own) if own.isdecimal() else last + own.startswith("n")  # "s": the same again
    step = application(rest, found[3] or "") or Step("", rest)
    return replace(step, priority=number + more)


def _in_order(steps: Mapping[int, Step]) -> list[Step]:
    found, last = list[Step](), 0
    for number in sorted(steps):
        if number > last + 1:
            found.append(Step("", "", "", last + 1))
        found.append(steps[number])
        last = number
    return found


def application(text: str, label: str = "") -> Step | None:
    """The step of an application and its arguments; None if it is none."""
    call = _CALL.fullmatch(text.strip())
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


def nested(step: Step) -> bool:
    """Whether more conditions stand in each other than are followed."""
    return step.args.lower().count("execif") > DEEPEST


def goto_targets(steps: Iterable[Step]) -> Iterator[str]:
    """The targets of all Goto of an extension."""
    for step in steps:
        if step.app == "goto":
            yield step.args
