"""A picture as DOT, the language of Graphviz.

The colours are those of Okabe and Ito, which colour-blind people can distinguish; boxes also name
their kind, and lines have a style.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from textwrap import wrap

from ivr.diagram.edges import Arrow, Exit
from ivr.diagram.picture import Box, Look, Picture, Sheet
from ivr.session import Spot

WIDTH = 30
"""The most characters in a line of a box."""

LINES = 3
"""The most lines of prompt text in a box."""

FONT = "DejaVu Sans,Helvetica,Arial,sans-serif"
INK, FAINT, HUMAN, HANDLER, FLOW = "#1a1a1a", "#5c5c5c", "#d55e00", "#0072b2", "#007a5a"

GROUNDS: Mapping[Look, str] = {
    "tells": "#eaf3fa",
    "asks": "#fdf3c4",
    "does": "#dcf1ea",
    "decides": "#f7e6ef",
    "human": "#ffd9b3",
    "leads": "#e4e4f4",
    "ends": "#e8e8e8",
    "handler": "#ffffff",
}
LEGEND: Mapping[Look, str] = {
    "asks": "asks: menu, input, confirm, record",
    "tells": "plays: say, announce, sms",
    "does": "does: do, set, language",
    "decides": "decides: branch, hours",
    "human": "a human: queue, dial",
    "leads": "another flow: call, goto, return",
    "ends": "ends the call",
}


def dot(picture: Picture) -> str:
    """The picture as DOT, from left to right; each of several flows has a frame."""
    most = max((arrow.calls for arrow in picture.arrows), default=0)
    lines = [
        "digraph firstline {",
        f'  graph [rankdir=LR, nodesep=0.12, ranksep=0.5, pad=0.3, fontname="{FONT}",'
        f' fontsize=11, fontcolor="{INK}", labelloc=t, labeljust=l, bgcolor=white];',
        f'  node [shape=plain, fontname="{FONT}", fontsize=10, fontcolor="{INK}"];',
        f'  edge [fontname="{FONT}", fontsize=10, fontcolor="{INK}", arrowsize=0.7];',
    ]
    for number, sheet in enumerate(picture.sheets):
        framed = len(picture.sheets) > 1
        lines.append(f"  subgraph cluster_{number} {{" if framed else "")
        lines.append(f'    label=<{_title(sheet)}>; style=rounded; color="#b0b0b0";')
        lines += [f"    {_id(box.flow, box.node)} {_box(box)};" for box in sheet.boxes]
        lines.append("  }" if framed else "")
    lines += [f"  {_arrow(arrow, most)}" for arrow in picture.arrows]
    return "\n".join([*filter(None, lines), f"  legend [label=<{_legend(picture)}>];", "}", ""])


def _id(*spot: str) -> str:
    return '"' + "/".join(spot).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _box(box: Box) -> str:
    rows = [_row(f"{'▶ ' if box.start else ''}<B>{escape(box.node)}</B>  {_kind(box)}")]
    if box.words:
        rows.append(_row("<BR/>".join(map(escape, clipped(box.words)))))
    rows += [
        _row(_faint(line), f' HREF="{escape("#" + "/".join(to))}"') for line, to in exit_lines(box)
    ]
    rows += [_row(_faint(line, INK)) for line in traffic_lines(box) if line]
    border = 3 if box.start or box.look == "human" else 1
    table = (
        f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"'
        f' STYLE="{"DASHED" if box.look == "handler" else "ROUNDED"}"'
        f' COLOR="{HUMAN if box.look == "human" else FAINT}" BGCOLOR="{GROUNDS[box.look]}">'
    )
    return f"[id={_id(box.flow, box.node)}, label=<{table}{''.join(rows)}</TABLE>>]"


def _row(text: str, more: str = "") -> str:
    return f'<TR><TD ALIGN="LEFT" BALIGN="LEFT"{more}>{text}</TD></TR>'


def _faint(text: str, colour: str = FAINT) -> str:
    return f'<FONT COLOR="{colour}" POINT-SIZE="9">{escape(text)}</FONT>' if text else ""


def _kind(box: Box) -> str:
    text = _faint(box_summary(box))
    if box.human is None:
        return text
    return f"{text} {_faint(f'☎ {box.human}' if box.human else '☎ never', HUMAN)}"


def box_summary(box: Box) -> str:
    """The node's kind, what it does, and the identity level it needs."""
    needs = f", needs {box.need}" if box.need else ""
    return f"{box.kind} {box.what}".strip() + needs


def clipped(words: str) -> list[str]:
    """The first words of a prompt, in lines."""
    lines = wrap(words, WIDTH)
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"{lines[LINES - 1]} …"]


def exit_lines(box: Box) -> Iterator[tuple[str, Spot]]:
    """The exits listed in a box, one line for each target."""
    targets: dict[Spot, list[Exit]] = {}
    for each in box.exits:
        if each.node and each.label not in ("call", "goto", "identify"):
            targets.setdefault((each.flow, each.node), []).append(each)
    for spot, exits in targets.items():
        elsewhere = f" in {spot[0]}" if spot[0] != box.flow else ""
        yield f"{labels(exits)} → {spot[1]}{elsewhere}".strip(), spot


def labels(exits: Iterable[Exit]) -> str:
    """The label of an arrow: keys and outcomes, and how many calls took each."""
    found = []
    for each in exits:
        name = "" if each.label in ("then", "call", "goto") else each.label
        found.append(f"{name} ({each.calls})".strip() if each.calls else name)
    return ", ".join(filter(None, found))


def traffic_lines(box: Box) -> tuple[str, str]:
    """How many calls came here and hung up here, and how many took the usual exits."""
    if not (box.calls or box.hung_up):
        return "", ""
    usual = " · ".join(f"{each.label} ({each.calls})" for each in box.usual if each.calls)
    return f"calls {box.calls}" + (f", hung up {box.hung_up}" if box.hung_up else ""), usual


def _arrow(arrow: Arrow, most: int) -> str:
    style, colour = {
        "way": ("solid", INK),
        "flaw": ("dotted", FAINT),
        "handler": ("dashed", HANDLER),
        "flow": ("bold", FLOW),
    }[arrow.look]
    width = 0.8 + 5 * arrow.calls / most if most else 1.2
    if arrow.human:
        colour, width = HUMAN, max(width, 3.2)
    text = labels(arrow.exits)
    return (
        f"{_id(*arrow.source)} -> {_id(*arrow.target)} [style={style},"
        f' color="{colour}", penwidth={width:.1f}, label={_id(f" {text} " if text else "")}];'
    )


def _title(sheet: Sheet) -> str:
    lines = [f'<FONT POINT-SIZE="16"><B>{escape(sheet.flow)}</B></FONT>  {_faint(heading(sheet))}']
    if sheet.everywhere:
        ways = "  ·  ".join(f"{each.label} → {each.node}" for each in sheet.everywhere)
        lines.append(_faint(f"everywhere:  {ways}"))
    return '<BR ALIGN="LEFT"/>'.join([*lines, ""])


def heading(sheet: Sheet) -> str:
    """The numbers and the version of a flow, and the calls that were counted."""
    parts = [", ".join(sheet.numbers), f"version {sheet.version}"]
    if sheet.began:
        first, last = (f"{at:%Y-%m-%d %H:%M}" for at in sheet.began)
        parts.append(f"{sheet.calls} calls, {first} to {last} UTC")
    elif sheet.calls is not None:
        parts.append("no calls yet")
    return "  ·  ".join(filter(None, parts))


def _legend(picture: Picture) -> str:
    used = {box.look for sheet in picture.sheets for box in sheet.boxes}
    rows = [
        f'<TR><TD ALIGN="LEFT" BGCOLOR="{GROUNDS[look]}">{_faint(text, INK)}</TD></TR>'
        for look, text in LEGEND.items()
        if look in used
    ]
    counts = any(sheet.calls for sheet in picture.sheets)
    for text, colour in (
        *[("(12): so many calls, each counted once", INK)] * counts,
        ("▬ the shortest way to a human", HUMAN),
        ("☎ the keys from here to a human", HUMAN),
        ("╍ a handler of the flow", HANDLER),
        ("┈ silence or wrong keys spent", FAINT),
        ("→ name: goes on at that box", FAINT),
    ):
        rows.append(_row(_faint(text, colour)))
    return (
        '<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="1" CELLPADDING="2" COLOR="#b0b0b0">'
        f"{''.join(rows)}</TABLE>"
    )
