"""Markdown, as far as the tests of the documentation read it."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
LANGUAGE = ROOT / "ivr" / "menus" / "README.md"
SETTINGS = ROOT / "docs" / "settings.md"
COMMANDS = ROOT / "docs" / "commands.md"
SUBSCRIBERS = ROOT / "docs" / "subscribers.md"
CHANGING = ROOT / "docs" / "changing.md"
TUTORIAL = ROOT / "docs" / "tutorial.md"
FREEPBX = ROOT / "docs" / "from-freepbx.md"
DOCTOR = ROOT / "docs" / "doctor.md"
MONITORING = ROOT / "docs" / "monitoring.md"
NEW_OPERATOR = ROOT / "docs" / "new-operator.md"
DOCUMENTS = (
    README,
    *sorted(set(ROOT.glob("*.md")) - {README}),
    LANGUAGE,
    *sorted((ROOT / "docs").rglob("*.md")),
)

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_NAMED = re.compile(r"`([^`\n]+\.(?:yaml|toml|csv))`[^`]*:$")
_ADDED = re.compile(r"\badd\b|\band to\b", re.IGNORECASE)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


class Fence(Struct, frozen=True):
    """A block of code: its language and its text, without the indentation of the block.

    ``lead`` is the paragraph before it.
    """

    language: str
    text: str
    lead: str = ""

    @property
    def file(self) -> str:
        """The file that the lead names at its end for this text; "" if it names none."""
        named = _NAMED.search(self.lead)
        return named[1] if named and named[1].endswith(f".{self.language}") else ""

    @property
    def added(self) -> bool:
        """Whether the text is added to the end of its file."""
        return bool(_ADDED.search(self.lead))


def fences(text: str) -> list[Fence]:
    """All blocks of code, in order."""
    return [
        Fence(
            found[2],
            re.sub(rf"^{found[1]}", "", found[3], flags=re.MULTILINE),
            text[: found.start()].rstrip().rpartition("\n\n")[2],
        )
        for found in _FENCE.finditer(text)
    ]


def headings(text: str, level: int) -> list[str]:
    """The headings of a level, in order."""
    found = _HEADING.finditer(_FENCE.sub("", text))
    return [each[2] for each in found if len(each[1]) == level]


def section(text: str, heading: str) -> str:
    """What stands under a heading, with its subsections."""
    prose = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), text)
    begin = next(found for found in _HEADING.finditer(prose) if found[2] == heading)
    lines = prose[: begin.end()].count("\n") + 1
    following = (
        found for found in _HEADING.finditer(prose, begin.end()) if len(found[1]) <= len(begin[1])
    )
    end = next(following, None)
    last = prose[: end.start()].count("\n") if end else None
    return "\n".join(text.split("\n")[lines:last])


def tables(text: str) -> list[list[list[str]]]:
    """The tables as rows of cells, without their headings."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|---"):
            found.append([])
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside:
            found[-1].append(cells)
    return found


def code(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def links(text: str) -> Iterator[str]:
    """Where links in the prose lead."""
    return (found[1] for found in _LINK.finditer(_FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """What links to headings of the page may say after ``#``, as GitHub makes it."""
    headings = _HEADING.finditer(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", found[2].lower()).replace(" ", "-") for found in headings}
