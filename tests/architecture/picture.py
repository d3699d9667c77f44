"""The picture of the rooms as Mermaid text, and the figures of their structure, at any revision."""

import ast
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from tests.architecture.arrows import PRODUCT, ROOT, imported
from tests.architecture.rooms import ROOMS

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- begin: made by python -m tests.architecture --write -->", "<!-- end -->"

Arrows = set[tuple[str, str]]


def sources(revision: str) -> dict[str, str]:
    """Module -> its source, of the product at a git revision."""
    listed = _git("ls-tree", "-r", "--name-only", revision, "--", *PRODUCT).splitlines()
    return {
        _module(name): _git("show", f"{revision}:{name}") for name in listed if name.endswith(".py")
    }


def structure(sources: Mapping[str, str]) -> tuple[set[str], Arrows]:
    """The rooms of a tree and the arrows between them: a room is a package, or a loose module of
    `ari_app`. Unlike :func:`~tests.architecture.rooms.room_of` it asks no table, so that any
    revision can be counted by one rule."""
    packages = {module.rpartition(".")[0] for module in sources} & sources.keys()

    def room(module: str) -> str:
        parts = module.split(".")
        if module in packages or parts[0] == "ari_app":
            return ".".join(parts[:2])
        inside = ".".join(parts[:2])
        return inside if parts[0] == "ivr" and inside in packages else parts[0]

    arrows = {
        (room(module), room(target))
        for module, source in sources.items()
        for name in imported(ast.parse(source))
        for target in (name if name in sources else name.rpartition(".")[0],)
        if target in sources
    }
    rooms = {room(module) for module in sources} - {"ari_app"}
    return rooms, {(a, b) for a, b in arrows if a != b and {a, b} <= rooms}


def floors(rooms: Iterable[str], arrows: Arrows) -> dict[str, int]:
    """Room -> its floor, one above the highest room that it imports. Rooms that import each other
    share a floor."""
    below = {room: _reached(room, arrows) | {room} for room in rooms}
    found: dict[str, int] = {}
    for room in sorted(rooms, key=lambda room: len(below[room])):
        under = [found[one] for one in below[room] - {room} if room not in below[one]]
        found[room] = max(under, default=-1) + 1
    return found


def drawn(arrows: Arrows) -> Arrows:
    """The arrows of the picture: without those that a longer way shows already."""
    kept = set(arrows)
    for a, b in sorted(arrows):
        if b in _reached(a, kept - {(a, b)}):
            kept.discard((a, b))
    return kept


def mermaid(arrows: Arrows) -> str:
    """The rooms as a Mermaid flowchart, from the command line down to the engine."""
    lines = ["flowchart TD"]
    lines += [f'    {_id(room)}["{room}/<br><small>{ROOMS[room].rule}</small>"]' for room in ROOMS]
    lines += [f"    {_id(a)} --> {_id(b)}" for a, b in sorted(drawn(arrows))]
    return "\n".join(lines)


def figures(rooms: set[str], arrows: Arrows) -> str:
    """Rooms, arrows and floors in one line."""
    high = max(floors(rooms, arrows).values()) + 1
    return f"{len(rooms)} rooms, {len(arrows)} arrows, {high} floors"


def page(text: str, arrows: Arrows, rooms: set[str]) -> str:
    """The page with its picture, figures and table made again."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    table = ["| room | what belongs there | imports |", "|---|---|---|"]
    for room, entry in ROOMS.items():
        names = ", ".join(f"`{name.removeprefix('ari_app.')}`" for name in sorted(entry.imports))
        table.append(f"| `{room.replace('.', '/')}` | {entry.rule} | {names or '-'} |")
    made = ["```mermaid", mermaid(arrows), "```", "", f"{figures(rooms, arrows)}.", "", *table]
    return "\n".join((f"{before}{BEGIN}", *made, f"{END}{after}"))


def _reached(start: str, arrows: Arrows) -> set[str]:
    """The rooms that one imports, by however many others."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        following = {b for a, b in arrows if a == here} - seen
        seen |= following
        todo += following
    return seen


def _module(name: str) -> str:
    return ".".join(PurePosixPath(name).with_suffix("").parts).removesuffix(".__init__")


def _id(room: str) -> str:
    return room.replace(".", "_")


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
