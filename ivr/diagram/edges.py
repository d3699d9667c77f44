"""The arrows of a picture: which are drawn, and which are listed in a box instead."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from ivr.session import Spot

MANY = 3
"""To a box with this many incoming arrows only one is drawn; the others are listed."""


class Exit(Struct, frozen=True, omit_defaults=True):
    """An exit of a box: its label, and the node it leads to ("" if in the calling flow)."""

    label: str
    flow: str
    node: str
    calls: int = 0


class Arrow(Struct, frozen=True, omit_defaults=True):
    """An arrow between two boxes for all exits that lead there.

    ``human``: it is on the shortest way to a human.
    """

    source: Spot
    target: Spot
    exits: tuple[Exit, ...]
    look: Literal["way", "flaw", "handler", "flow"] = "way"
    human: bool = False

    @property
    def calls(self) -> int:
        return sum(each.calls for each in self.exits)


def arrange(
    starts: Sequence[Spot], lines: Iterable[Arrow]
) -> tuple[tuple[Arrow, ...], Mapping[Spot, Sequence[Exit]]]:
    """The arrows to draw, and box -> the exits that it lists instead.

    Listed are arrows back, and all but one of those to a box with many incoming arrows.
    """
    drawn: list[Arrow] = []
    listed: dict[Spot, list[Exit]] = defaultdict(list)
    arrows = _merged(lines)
    level, tree = _spread(starts, [arrow for arrow in arrows if arrow.look != "flow"])
    into = Counter(arrow.target for arrow in arrows)
    for arrow in arrows:
        back = level.get(arrow.target, 0) <= level.get(arrow.source, 0)
        free = not back and (arrow.human or into[arrow.target] < MANY)
        if free or arrow in tree or arrow.look == "flow":
            drawn.append(arrow)
        else:
            listed[arrow.source] += arrow.exits
    return tuple(drawn), listed


def _merged(lines: Iterable[Arrow]) -> list[Arrow]:
    """Merge the arrows of one look between the same two boxes."""
    merged: dict[tuple[Spot, Spot, str], Arrow] = {}
    for line in lines:
        at = (line.source, line.target, line.look)
        before = merged.get(at)
        exits = (*before.exits, *line.exits) if before else line.exits
        human = line.human or (before is not None and before.human)
        merged[at] = Arrow(line.source, line.target, exits, line.look, human)
    return list(merged.values())


def _spread(
    starts: Sequence[Spot], arrows: Sequence[Arrow]
) -> tuple[Mapping[Spot, int], Collection[Arrow]]:
    """Each box's distance from the start of its flow, and the arrows by which it is first reached.

    The way to a human goes first, so that it is drawn. Boxes that no start reaches become starts,
    those without incoming arrows first.
    """
    out: dict[Spot, list[Arrow]] = defaultdict(list)
    for arrow in arrows:
        out[arrow.source].append(arrow)
    level: dict[Spot, int] = {}
    tree: set[Arrow] = set()

    def grow(waiting: list[Spot], human: bool = False) -> list[Spot]:
        for spot in waiting:
            level.setdefault(spot, 0)
            for arrow in out[spot]:
                if arrow.target not in level and arrow.human >= human:
                    level[arrow.target] = level[spot] + 1
                    tree.add(arrow)
                    waiting.append(arrow.target)
        return waiting

    for start in starts:
        grow(grow([start], human=True))
    targets = {arrow.target for arrow in arrows}
    for begin in sorted(out, key=targets.__contains__):
        if begin not in level:
            grow([begin])
    return level, tree
