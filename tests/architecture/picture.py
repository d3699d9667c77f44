"""The picture of the rooms as Mermaid text, and the figures of their structure, at any revision."""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from tests.architecture.arrows import PRODUCT, ROOT, imported, modules
from tests.architecture.rooms import ROOMS

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- begin: made by python -m tests.architecture --write -->", "<!-- end -->"

SETTINGS = '%%{init: {"theme": "neutral", "flowchart": {"nodeSpacing": 26, "padding": 8}}}%%'
GREEN = "fill:#dff0e4,stroke:#4a8a5f,color:#000"

Arrows = set[tuple[str, str]]


class Structure(NamedTuple):
    """The rooms of a tree, those of them that are loose modules of `ari_app`, and the arrows."""

    rooms: set[str]
    loose: set[str]
    arrows: Arrows

    @property
    def figures(self) -> str:
        """Rooms, loose modules, arrows and layers in one line."""
        high = max(layers(self.rooms, self.arrows).values()) + 1
        return (
            f"{len(self.rooms)} rooms ({len(self.loose)} of them loose modules of ari_app), "
            f"{len(self.arrows)} arrows, {high} layers"
        )


def sources(revision: str) -> dict[str, str]:
    """Module -> its source, of the product at a git revision."""
    listed = _git("ls-tree", "-r", "--name-only", revision, "--", *PRODUCT).splitlines()
    return {
        _module(name): _git("show", f"{revision}:{name}") for name in listed if name.endswith(".py")
    }


def structure(sources: Mapping[str, str]) -> Structure:
    """The rooms of a tree and the arrows between them: a room is a package, or a loose module of
    `ari_app`. Unlike :func:`~tests.architecture.rooms.room_of` it asks no table, so that any
    revision can be counted by one rule."""
    packages = {module.rpartition(".")[0] for module in sources} & sources.keys()

    def room(module: str) -> str:
        parts = module.split(".")
        inside = ".".join(parts[:2])
        return inside if parts[0] == "ari_app" or inside in packages else parts[0]

    arrows = {
        (room(module), room(target))
        for module, source in sources.items()
        for name in imported(source)
        for target in (name if name in sources else name.rpartition(".")[0],)
        if target in sources
    }
    rooms = {room(module) for module in sources} - {"ari_app"}
    loose = {one for one in rooms - packages if one.startswith("ari_app.")}
    return Structure(rooms, loose, {(a, b) for a, b in arrows if a != b and {a, b} <= rooms})


def now() -> Structure:
    """The structure of the working tree."""
    return structure({name: file.read_text("utf-8") for name, file in modules(*PRODUCT).items()})


def layers(rooms: Iterable[str], arrows: Arrows) -> dict[str, int]:
    """Room -> its layer, one above the highest room that it imports. Rooms that import each other
    share a layer."""
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


def mermaid(rooms: Iterable[str], arrows: Arrows) -> str:
    """The rooms as a Mermaid flowchart, from the command line to the engine.

    Rooms that import each other stand in one box; those of `ivr` are green. Layers are no boxes:
    arrows would have to go round them.
    """
    high = layers(rooms, arrows)
    ordered = sorted(rooms, key=lambda room: (-high[room], room))
    mutual = [room for room in ordered if room in _reached(room, arrows)]
    boxes = {room: f'{_id(room)}["{_shown(room)}"]' for room in ordered}
    lines = [SETTINGS, "flowchart TD"]
    lines += [f"    {boxes[room]}" for room in ordered if room not in mutual]
    if mutual:
        lines.append('    subgraph mutual ["these import each other"]')
        lines += [f"        {boxes[room]}" for room in mutual]
        lines.append("    end")
    shown = sorted(drawn(arrows), key=lambda arrow: (-high[arrow[0]], arrow))
    lines += [f"    {_id(a)} --> {_id(b)}" for a, b in shown]
    if engine := [_id(room) for room in ordered if room.partition(".")[0] == "ivr"]:
        lines += [f"    classDef engine {GREEN}", f"    class {','.join(engine)} engine"]
    return "\n".join((*lines, "    linkStyle default stroke:#999"))


def page(text: str, found: Structure) -> str:
    """The page with its figures, picture and table made again."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    table = ["| Room | What belongs there | Imports |", "|---|---|---|"]
    for room, entry in ROOMS.items():
        names = ", ".join(f"`{_shown(name)}`" for name in sorted(entry.imports))
        table.append(f"| `{_shown(room)}` | {entry.rule} | {names or '-'} |")
    picture = ["```mermaid", mermaid(found.rooms, found.arrows), "```"]
    made = [f"{found.figures}.", "", *picture, "", *table]
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


def _shown(room: str) -> str:
    return room.removeprefix("ari_app.").replace(".", "/")


def _id(room: str) -> str:
    return room.replace(".", "_")


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
