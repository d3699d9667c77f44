"""A picture as Mermaid, which many wikis and forges render."""

from ivr.diagram.dot import (
    FAINT,
    FLOW,
    GROUNDS,
    HANDLER,
    HUMAN,
    INK,
    box_summary,
    clipped,
    exit_lines,
    heading,
    labels,
    traffic_lines,
)
from ivr.diagram.edges import Arrow
from ivr.diagram.picture import Box, Picture, Sheet
from ivr.session import Spot

_LINES = {"way": "-->", "flaw": "-.->", "handler": "-.->", "flow": "==>"}
_COLOURS = {"way": INK, "flaw": FAINT, "handler": HANDLER, "flow": FLOW}


def mermaid(picture: Picture) -> str:
    """The picture as a Mermaid flow chart from left to right; each flow has a frame."""
    spots = [(box.flow, box.node) for sheet in picture.sheets for box in sheet.boxes]
    ids = {spot: f"n{number}" for number, spot in enumerate(spots)}
    lines = ["flowchart LR"]
    for number, sheet in enumerate(picture.sheets):
        lines.append(f'  subgraph s{number} ["{_text(_title(sheet))}"]')
        lines += [f"    {ids[box.flow, box.node]}{_box(box)}" for box in sheet.boxes]
        lines.append("  end")
    for number, arrow in enumerate(picture.arrows):
        lines.append(f"  {_arrow(arrow, ids)}")
        colour = HUMAN if arrow.human else _COLOURS[arrow.look]
        width = ",stroke-width:4px" if arrow.human else ""
        lines.append(f"  linkStyle {number} stroke:{colour}{width}")
    lines += [
        f"  classDef {look} fill:{ground},stroke:{FAINT},color:{INK},text-align:left"
        for look, ground in GROUNDS.items()
    ]
    return "\n".join([*lines, ""])


def _title(sheet: Sheet) -> str:
    ways = ", ".join(f"{each.label} → {each.node}" for each in sheet.everywhere)
    return f"{sheet.flow}: {heading(sheet)}" + (f"; everywhere: {ways}" if ways else "")


def _box(box: Box) -> str:
    head = f"<b>{_text(box.node)}</b> {_text(box_summary(box))}"
    lines = [*clipped(box.words), *(line for line, _ in exit_lines(box)), *traffic_lines(box)]
    text = "<br/>".join([head, *(_text(line) for line in lines if line)])
    return f'["{text}"]:::{box.look}'


def _arrow(arrow: Arrow, ids: dict[Spot, str]) -> str:
    text = labels(arrow.exits)
    line = _LINES[arrow.look] + (f'|"{_text(text)}"|' if text else "")
    return f"{ids[arrow.source]} {line} {ids[arrow.target]}"


def _text(text: str) -> str:
    """Escape a text for quotes: Mermaid has its own entities, ``#35;`` for ``#``."""
    return "".join(f"#{ord(char)};" if char in '#"<>&`{}[]|\\*_' else char for char in text)
