"""Ways round on which nobody is asked: a call would never get out, and never wait."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ivr import model
from ivr.model import QUEUE_OUTCOMES, Flow, Node

Spot: TypeAlias = tuple[str, str]
"""A flow and a node of it."""

_AT_ONCE = frozenset(QUEUE_OUTCOMES) - {"ended", "timeout", "left"}
"""The outcomes of a queue that come without a wait."""


def circles(flows: Mapping[str, Flow]) -> Iterator[tuple[Spot, ...]]:
    """Every circle once, from the node where the flows first enter it. Takes no stack."""
    done: set[Spot] = set()
    for flow in flows.values():
        for name in flow.nodes:
            if (flow.flow, name) not in done:
                yield from _from((flow.flow, name), flows, done)


def _from(start: Spot, flows: Mapping[str, Flow], done: set[Spot]) -> Iterator[tuple[Spot, ...]]:
    path = {start: 0}
    ways = [_following(start, flows)]
    while ways:
        spot = next(ways[-1], None)
        if spot is None:
            ways.pop()
            done.add(path.popitem()[0])
        elif spot in path:
            yield tuple(path)[path[spot] :]
        elif spot not in done:
            path[spot] = len(path)
            ways.append(_following(spot, flows))


def _following(spot: Spot, flows: Mapping[str, Flow]) -> Iterator[Spot]:
    flow, name = spot
    node = flows[flow].nodes[name]
    if isinstance(node, model.Goto):
        spots = [(node.flow, node.goto)]
    else:
        spots = [(flow, target) for target in dict.fromkeys(_passing(node))]
    return (each for each in spots if each[0] in flows and each[1] in flows[each[0]].nodes)


def _passing(node: Node) -> tuple[str, ...]:
    """Where a node leads in this flow that neither asks the caller nor lets him wait."""
    match node:
        case model.Say() | model.Language():
            return (node.then,)
        case model.Branch():
            return (*node.when.values(), node.else_)
        case model.Do():
            return (*node.on.values(), node.else_)
        case model.Queue():
            return tuple(
                node.on.get(outcome, node.else_)
                for outcome in QUEUE_OUTCOMES
                if outcome in _AT_ONCE
            )
    return ()
