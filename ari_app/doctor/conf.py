"""Reads Asterisk's configuration files: sections, templates, additions, includes.

The form is that of ``main/config.c`` of Asterisk: ``[name](!)`` is a template, ``[name](base)``
begins with the options of ``base``, ``[name](+)`` adds to the section before of that name.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

_SECTION = re.compile(r"\[([^\]]*)\](?:\(([^)]*)\))?")
_INCLUDE = re.compile(r"#(?:try)?include\s+[\"<]?([^\">]+)")
_DEEPEST = 10
GENERAL = "general"
"""The section of what is no user's, phone's or queue's."""


class Option(Struct, frozen=True):
    """A line ``key = value``, and where it stands, as ``file:line``."""

    key: str
    value: str
    where: str


class Section(Struct, frozen=True):
    """A section with its options, those of its templates first."""

    name: str
    where: str
    options: tuple[Option, ...] = ()
    template: bool = False

    def option(self, key: str) -> Option | None:
        """The last option with a key; None if there is none."""
        return next((one for one in reversed(self.options) if one.key == key), None)

    def get(self, key: str, otherwise: str = "") -> str:
        """The value of the last option with a key."""
        found = self.option(key)
        return found.value if found else otherwise

    def every(self, *keys: str) -> tuple[Option, ...]:
        """All options with one of the keys."""
        return tuple(one for one in self.options if one.key in keys)

    def at(self, key: str) -> str:
        """Where the option stands, or the section if there is none."""
        found = self.option(key)
        return found.where if found else self.where


class Conf(Struct, frozen=True):
    """A file with all that it includes; ``path`` is "" if there is no such file."""

    path: str = ""
    sections: tuple[Section, ...] = ()

    def named(self, name: str) -> tuple[Section, ...]:
        """The sections of a name that are no templates."""
        return tuple(one for one in self.sections if one.name == name and not one.template)

    def section(self, name: str) -> Section:
        """All sections of a name as one; an empty one at the file if there is none."""
        found = self.named(name)
        options = tuple(option for one in found for option in one.options)
        return Section(name, found[0].where if found else self.path, options)

    @property
    def general(self) -> Section:
        """The section of :data:`GENERAL`."""
        return self.section(GENERAL)

    def real(self) -> Iterator[Section]:
        """The sections that are no templates, in order."""
        return (one for one in self.sections if not one.template)


def includes(path: str, text: str) -> Iterator[str]:
    """The patterns of files that a file includes, as absolute paths."""
    for _, line in _lines(text):
        if found := _INCLUDE.match(line):
            yield posixpath.join(posixpath.dirname(path), found[1].strip())


def parsed(files: Mapping[str, str], path: str) -> Conf:
    """The file at ``path`` of ``files`` (path -> text), with what it includes."""
    if path not in files:
        return Conf()
    sections: list[Section] = []
    for where, line in _with_includes(files, path, 0):
        if found := _SECTION.match(line):
            _open(sections, found[1].strip(), found[2] or "", where)
        elif sections and "=" in line:
            key, _, value = line.partition("=")
            option = Option(key.strip().lower(), value.removeprefix(">").strip(), where)
            last = sections[-1]
            sections[-1] = Section(last.name, last.where, (*last.options, option), last.template)
    return Conf(path, tuple(sections))


def _open(sections: list[Section], name: str, marks: str, where: str) -> None:
    """Begin a section; one that is added to comes last, so that lines go into it."""
    words = [word.strip() for word in marks.split(",") if word.strip()]
    if any(word.startswith("+") for word in words):
        wanted = next((word[1:] for word in words if word.startswith("+")), "")
        for place in range(len(sections) - 1, -1, -1):
            if sections[place].name == name and _fits(sections[place], wanted):
                sections.append(sections.pop(place))
                return
    based = [one for word in words for one in sections if one.name == word]
    options = tuple(option for one in based for option in one.options)
    sections.append(Section(name, where, options, "!" in words))


def _fits(section: Section, wanted: str) -> bool:
    """Whether a section has the option of ``(+key=value)``."""
    key, _, value = wanted.partition("=")
    return not wanted or section.get(key.strip()) == value.strip()


def _with_includes(files: Mapping[str, str], path: str, depth: int) -> Iterator[tuple[str, str]]:
    for number, line in _lines(files[path]):
        found = _INCLUDE.match(line)
        if not found:
            yield f"{path}:{number}", line
        elif depth < _DEEPEST:
            pattern = posixpath.join(posixpath.dirname(path), found[1].strip())
            for other in sorted(name for name in files if fnmatchcase(name, pattern)):
                yield from _with_includes(files, other, depth + 1)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with something in them and their numbers, without comments."""
    commented = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(";--") and "--;" not in line:
            commented = True
        elif commented:
            commented = "--;" not in line
        elif bare := re.sub(r"(?<!\\);.*", "", line).replace("\\;", ";").strip():
            yield number, bare


def yes(value: str) -> bool:
    """Whether Asterisk takes a value for true."""
    return value.lower() in ("yes", "true", "y", "t", "1", "on")
