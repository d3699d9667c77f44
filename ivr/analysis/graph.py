"""Flows as a graph: the edges out of each node.

The check, the coverage of tests, the path search and the pictures use these edges. The engine
stores the label of the edge that it takes in :attr:`ivr.draft.Step.way`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from ivr import nodes
from ivr.key_grammar import choices, escapes
from ivr.model import UNAVAILABLE, Flow, Operation, needed
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES

ALL_KEYS = frozenset("0123456789*#")
"""In a menu that has all of them no key is wrong."""

FAILED_INPUT = ("silent", "wrong", "gave-up", "unanswered", "farewell")
"""Labels of the edges after silence and wrong keys."""

NO_ROWS = "none"
"""Label of the edge out of a menu whose list has no rows."""

HANDLERS: Mapping[str, str] = {
    "hung-up": "on_hangup",
    "error": "on_error",
    "need": "on_need",
    "backend-down": "on_backend_down",
}
"""Labels of edges that handlers provide -> the handler's field in the flow."""

Operations: TypeAlias = Mapping[str, Operation]


class Edge(Struct, frozen=True):
    """An edge: its label, and the node it leads to.

    The node is ``back`` or ``repeat`` for such keys, and "" for a return, which goes on in the
    calling flow.
    """

    label: str
    flow: str
    node: str

    @property
    def spot(self) -> Spot:
        return (self.flow, self.node)


def edges_from(flows: Mapping[str, Flow], operations: Operations, spot: Spot) -> tuple[Edge, ...]:
    """All edges out of a node, the likely ones first."""
    flow = flows[spot[0]]
    node = flow.nodes[spot[1]]
    found = [Edge(label, flow.flow, target) for label, target in _within(flow, node, operations)]
    if isinstance(node, nodes.Menu) and node.each is not None:
        found[:0] = _listed(spot, node.each)
    match node:
        case nodes.Listens():
            found += _missed(spot, node)
            if flow.farewell:
                found.append(Edge("farewell", flow.flow, flow.farewell))
        case nodes.Record() if flow.farewell:
            found.append(Edge("farewell", flow.flow, flow.farewell))
        case nodes.Goto():
            found.append(Edge("goto", node.flow, node.goto))
        case nodes.Return():
            found.append(Edge("return", "", ""))
        case nodes.Call() if node.call in flows:
            found.insert(0, Edge("call", node.call, flows[node.call].start))
            outcomes = returns(flows[node.call])
            found += [Edge(label, flow.flow, target) for label, target in _outcomes(node, outcomes)]
    if needed(node, operations) != "none":
        if flow.identify in flows:
            found.append(Edge("identify", flow.identify, flows[flow.identify].start))
        if flow.on_need:
            found.append(Edge("need", flow.flow, flow.on_need))
    return tuple(found)


def _listed(spot: Spot, over: nodes.Listing) -> Iterator[Edge]:
    """The edges of a menu over the rows of a list."""
    yield Edge("row", spot[0], over.then)
    if over.more:
        yield Edge("more", *spot)
    yield Edge(NO_ROWS, spot[0], over.none)


def _missed(spot: Spot, node: nodes.Listens) -> Iterator[Edge]:
    """The edges after silence and wrong keys, but for that of the call's end."""
    menu = node if isinstance(node, nodes.Menu) else None
    mistaken = menu is None or not menu.keys.keys() >= ALL_KEYS
    unanswered = menu.unanswered if menu else ""
    if node.attempts > 1:
        yield Edge("silent", *spot)
        if mistaken:
            yield Edge("wrong", *spot)
    if mistaken or not unanswered:
        yield Edge("gave-up", spot[0], node.gave_up)
    if unanswered:
        yield Edge("unanswered", spot[0], unanswered)


def returns(flow: Flow) -> tuple[str, ...]:
    """The outcomes with which a flow returns."""
    found = (node.return_ for node in flow.nodes.values() if isinstance(node, nodes.Return))
    return tuple(dict.fromkeys(found))


def _within(flow: Flow, node: Node, operations: Operations) -> Iterator[tuple[str, str]]:
    """Labels and targets in the same flow."""
    match node:
        case nodes.Listens():
            yield from _keyed(flow, node)
        case nodes.Hold():
            yield "then", node.then
            yield from flow.always.items()
        case nodes.Say() | nodes.Set() | nodes.Language():
            yield "then", node.then
        case nodes.Hours():
            yield from (("open", node.open), ("closed", node.closed))
        case nodes.Announce():
            yield from (("told", node.told or node.then), ("then", node.then))
        case nodes.Record():
            yield from (("then", node.then), ("empty", node.empty))
        case nodes.Sms():
            yield from (("then", node.then), ("else", node.else_))
        case nodes.Branch():
            yield from node.when.items()
            both = {"known", "unknown"} <= node.when.keys()
            if not (both and node.branch in ("caller", "line")):
                yield "else", node.else_
        case nodes.Do():
            yield from _done(flow, node, operations)
        case nodes.Queue() | nodes.Dial():
            outcomes = QUEUE_OUTCOMES if isinstance(node, nodes.Queue) else DIAL_OUTCOMES
            yield from _outcomes(node, outcomes)


def _keyed(flow: Flow, node: nodes.Listens) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.Input):
        yield "then", node.then
        yield from ((key, flow.always[key]) for key in sorted(escapes(flow, node)))
    own = {node.yes_key: "yes", node.no_key: "no"} if isinstance(node, nodes.Confirm) else {}
    yield from ((own.get(key, key), target) for key, target in choices(flow, node).items())


def _done(flow: Flow, node: nodes.Do, operations: Operations) -> Iterator[tuple[str, str]]:
    operation = operations.get(node.do)
    outcomes = list(operation.outcomes) if operation else [*node.on]
    if UNAVAILABLE in outcomes and UNAVAILABLE not in node.on and flow.on_backend_down:
        outcomes.remove(UNAVAILABLE)
        yield "backend-down", flow.on_backend_down
    yield from _outcomes(node, outcomes)


def _outcomes(
    node: nodes.Do | nodes.Queue | nodes.Dial | nodes.Call, outcomes: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The outcomes that have a branch, and "else" if there are others."""
    rest = False
    for outcome in outcomes:
        if outcome in node.on:
            yield outcome, node.on[outcome]
        else:
            rest = True
    if rest and node.else_:
        yield "else", node.else_
