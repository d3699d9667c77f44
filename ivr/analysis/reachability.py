"""The shortest way to a human: the keys to press, from any node of any flow.

The caller does what the flow expects: nothing fails, and no attempt is used up by silence.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import heappop, heappush

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import FAILED_INPUT, HANDLERS, NO_ROWS, Edge, Operations, edges_from
from ivr.model import Flow, needed
from ivr.session import Spot
from ivr.terms import ACTIONS


class NextHop(Struct, frozen=True, order=True):
    """The next hop of the shortest way to a human.

    ``keys``: all keys to press from here, in order; digits of an input are shown as ``…``. ``way``:
    the label of the edge to take; "" in the node that reaches the human. ``to``: the next node.
    """

    keys: tuple[str, ...]
    way: str
    to: Spot


def shortest_to_human(flows: Mapping[str, Flow], operations: Operations) -> Mapping[Spot, NextHop]:
    """Node -> its next hop, for every node from which a human can be reached."""
    before: dict[Spot, list[tuple[Spot, str, tuple[str, ...]]]] = defaultdict(list)
    found: dict[Spot, NextHop] = {}
    waiting: list[tuple[int, int, Spot, NextHop]] = []
    for flow in flows.values():
        for name, node in flow.nodes.items():
            spot = (flow.flow, name)
            if isinstance(node, nodes.Queue | nodes.Dial):
                heappush(waiting, (0, 0, spot, NextHop((), "", spot)))
            for to, way, keys in _steps(flows, operations, spot):
                before[to].append((spot, way, keys))
    while waiting:
        cost, hops, spot, lead = heappop(waiting)
        if spot not in found:
            found[spot] = lead
            for source, way, keys in before[spot]:
                longer = NextHop((*keys, *lead.keys), way, spot)
                heappush(waiting, (cost + len(keys), hops + 1, source, longer))
    return found


def _steps(
    flows: Mapping[str, Flow], operations: Operations, spot: Spot
) -> Iterator[tuple[Spot, str, tuple[str, ...]]]:
    """The nodes a caller may reach next: node, label of the edge, keys pressed for it."""
    node = flows[spot[0]].nodes[spot[1]]
    found = edges_from(flows, operations, spot)
    if isinstance(node, nodes.Return):
        back = after_return(flows, operations, spot[0], node.return_)
        yield from ((to, "return", ()) for to in back)
        return
    for index, way in enumerate(found):
        if way.label in (*FAILED_INPUT, *HANDLERS, "identify") or way.node in ACTIONS:
            continue
        match node:
            case nodes.Do() | nodes.Record() | nodes.Sms() | nodes.Call() if index > 0:
                continue  # a failure, or it comes through the called flow
            case nodes.Announce() if way.label == "told":
                continue
            case nodes.Menu() if way.label == NO_ROWS:
                continue
        yield way.spot, way.label, _pressed(node, way)


def _pressed(node: nodes.Node, way: Edge) -> tuple[str, ...]:
    match node:
        case nodes.Input() if way.label == "then":
            return ("…",) * node.least
        case nodes.Confirm() if way.label in ("yes", "no"):
            return (node.yes_key if way.label == "yes" else node.no_key,)
        case nodes.Hold() if way.label == "then":
            return ("#",)  # any key
        case nodes.Menu() if node.each and way.label in ("row", "more"):
            return ("1",) if way.label == "row" else tuple(node.each.more_key)
        case nodes.Listens() | nodes.Hold():
            return tuple(way.label)
    return ()


def after_return(
    flows: Mapping[str, Flow], operations: Operations, flow: str, outcome: str
) -> Iterator[Spot]:
    """The nodes that may follow when a flow returns with an outcome."""
    yield from _returned(flows, flow, outcome)
    yield from _asked(flows, operations, flow)


def _returned(flows: Mapping[str, Flow], flow: str, outcome: str) -> Iterator[Spot]:
    """The nodes after an outcome of a flow, in the flows that call it."""
    for caller in flows.values():
        for node in caller.nodes.values():
            if isinstance(node, nodes.Call) and node.call == flow:
                target = node.on.get(outcome, node.else_)
                if target:
                    yield caller.flow, target


def _asked(flows: Mapping[str, Flow], operations: Operations, flow: str) -> Iterator[Spot]:
    """The nodes that follow an identify flow: the node that needed it, or on-need."""
    for asking in flows.values():
        needy = [name for name, node in asking.nodes.items() if needed(node, operations) != "none"]
        if asking.identify == flow and needy:
            yield from ((asking.flow, name) for name in (*needy, asking.on_need) if name)
