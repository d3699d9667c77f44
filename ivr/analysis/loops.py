"""Loops in which the caller is never asked: a call would never leave them."""

from collections.abc import Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import Edge, Operations, edges_from
from ivr.model import Flow
from ivr.session import Spot

_WAITING = frozenset(("ended", "timeout", "left"))
"""Outcomes of a queue that come after a wait or that the caller chose."""


def loops(flows: Mapping[str, Flow], operations: Operations) -> Iterator[tuple[Spot, ...]]:
    """Every loop once, from the node where the flows first enter it. Not recursive."""
    done: set[Spot] = set()
    for flow in flows.values():
        for name in flow.nodes:
            if (flow.flow, name) not in done:
                yield from _from((flow.flow, name), flows, operations, done)


def _from(
    start: Spot, flows: Mapping[str, Flow], operations: Operations, done: set[Spot]
) -> Iterator[tuple[Spot, ...]]:
    path = {start: 0}
    following = [_following(start, flows, operations)]
    while following:
        spot = next(following[-1], None)
        if spot is None:
            following.pop()
            done.add(path.popitem()[0])
        elif spot in path:
            yield tuple(path)[path[spot] :]
        elif spot not in done:
            path[spot] = len(path)
            following.append(_following(spot, flows, operations))


def _following(spot: Spot, flows: Mapping[str, Flow], operations: Operations) -> Iterator[Spot]:
    node = flows[spot[0]].nodes[spot[1]]
    spots = dict.fromkeys(
        edge.spot for edge in edges_from(flows, operations, spot) if _without_asking(node, edge)
    )
    return (each for each in spots if each[0] in flows and each[1] in flows[each[0]].nodes)


def _without_asking(node: nodes.Node, edge: Edge) -> bool:
    """Whether an edge is taken without asking the caller and without a wait."""
    match node:
        case nodes.Listens() | nodes.Record() | nodes.Dial():
            return False
        case nodes.Queue():
            return edge.label not in _WAITING
        case nodes.Call():  # its outcomes come through the called flow
            return edge.label == "call"
    return True
