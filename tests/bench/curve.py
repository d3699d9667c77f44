"""Curves over time as a picture: SVG, which any browser shows."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from msgspec import Struct

WIDTH, HEIGHT, LEFT, BELOW = 720, 320, 56, 40
COLOURS = ("#1f6feb", "#bf8700", "#1a7f37", "#8250df")


class Curve(Struct, frozen=True):
    """A title, what the axes say, and name -> (seconds, value) of each line."""

    title: str
    unit: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


def svg(curve: Curve) -> str:
    """The picture, with its own numbers at the axes; the vertical one begins at zero."""
    points = [point for line in curve.lines.values() for point in line]
    longest = max((at for at, _ in points), default=1.0) or 1.0
    highest = (max((value for _, value in points), default=1.0) or 1.0) * 1.15
    right, below = WIDTH - 16, HEIGHT - BELOW

    def x(at: float) -> float:
        return round(LEFT + (right - LEFT) * at / longest, 1)

    def y(value: float) -> float:
        return round(below - (below - 32) * value / highest, 1)

    def text(at: float, down: float, what: str, more: str = "") -> str:
        return f'<text x="{at}" y="{down}"{more}>{escape(what)}</text>'

    end, middle = ' text-anchor="end"', ' text-anchor="middle"'
    parts = [text(LEFT, 20, curve.title, ' font-weight="bold"')]
    for step in range(5):
        value, at = highest * step / 4, longest * step / 4
        parts.append(f'<path d="M{LEFT} {y(value)}H{right}" stroke="#d0d7de"/>')
        parts.append(text(LEFT - 6, y(value) + 4, f"{value:.0f}", end))
        parts.append(text(x(at), below + 18, f"{at / 60:.1f}", middle))
    parts.append(text(right, HEIGHT - 6, f"minutes; {curve.unit}", end))
    for number, (name, line) in enumerate(curve.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = "L".join(f"{x(at)} {y(value)}" for at, value in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(text(LEFT + 150 * number, HEIGHT - 6, name, f' fill="{colour}"'))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = ' font-family="sans-serif" font-size="12">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head + style, ground, *parts, "</svg>"]) + "\n"
