"""Lines and points over powers of ten, as a picture: SVG, which any browser shows."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, log10
from xml.sax.saxutils import escape

from tests.bench.curve import COLOURS, HEIGHT, LEFT, WIDTH

RIGHT, TOP, BOTTOM = 16, 36, 56

Points = Sequence[tuple[float, float]]


def picture(
    title: str, axes: str, lines: Mapping[str, Points], points: Mapping[str, Points]
) -> str:
    """Name -> a line, and name -> points in the colour of that line; all values are above zero."""
    there = [each for line in (*lines.values(), *points.values()) for each in line]
    across = int(log10(min(x for x, _ in there)) // 1), ceil(log10(max(x for x, _ in there)))
    up = int(log10(min(y for _, y in there)) // 1), ceil(log10(max(y for _, y in there)))

    def x(value: float) -> float:
        share = (log10(value) - across[0]) / (across[1] - across[0])
        return round(LEFT + (WIDTH - RIGHT - LEFT) * share, 1)

    def y(value: float) -> float:
        share = (log10(value) - up[0]) / (up[1] - up[0])
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share, 1)

    def parts() -> Iterator[str]:
        yield f'<text x="{LEFT}" y="20" font-weight="bold">{escape(title)}</text>'
        for power in range(up[0], up[1] + 1):
            at = y(10.0**power)
            yield f'<path d="M{LEFT} {at}H{WIDTH - RIGHT}" stroke="#d0d7de"/>'
            yield f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{10.0**power:g}</text>'
        for power in range(across[0], across[1] + 1):
            at = x(10.0**power)
            yield f'<path d="M{at} {TOP}V{HEIGHT - BOTTOM}" stroke="#d0d7de"/>'
            under = HEIGHT - BOTTOM + 18
            yield f'<text x="{at}" y="{under}" text-anchor="middle">{10.0**power:g}</text>'
        yield f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{escape(axes)}</text>'
        for number, (name, line) in enumerate(lines.items()):
            colour = COLOURS[number % len(COLOURS)]
            way = "L".join(f"{x(at)} {y(value)}" for at, value in line)
            yield f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="2"/>'
            for at, value in points.get(name, ()):
                yield f'<circle cx="{x(at)}" cy="{y(value)}" r="4" fill="{colour}"/>'
            left = LEFT + 110 * number
            yield f'<text x="{left}" y="{HEIGHT - 6}" fill="{colour}">{escape(name)}</text>'

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = ' font-family="sans-serif" font-size="12">'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head + style, ground, *parts(), "</svg>"]) + "\n"
