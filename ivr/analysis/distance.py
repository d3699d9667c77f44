"""How many events a node is from others at the least: a guide for the search of paths.

Only the graph is looked at: not values, not where a return goes back to in this call, not ``back``.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

from ivr import nodes
from ivr.analysis.coverage import EdgeKey
from ivr.analysis.graph import edges_from
from ivr.analysis.reachability import after_return
from ivr.key_grammar import codes
from ivr.model import Book
from ivr.session import Spot

FAR = 30
"""The distance of a node from which the graph leads to none of the others."""

_PASSED = (
    *(nodes.Branch, nodes.Set, nodes.Goto, nodes.Call, nodes.Return),
    *(nodes.Say, nodes.Language),
)
"""Nodes through which a call goes without an event, or may."""


class Distances:
    """The graph of all flows, from its ends."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._before: dict[Spot, list[Spot]] = defaultdict(list)
        self._menus: list[Spot] = []
        for flow in book.flows.values():
            for name, node in flow.nodes.items():
                if isinstance(node, nodes.Menu) and codes(book, flow, node):
                    self._menus.append((flow.flow, name))
                for to in self._following((flow.flow, name), node):
                    self._before[to].append((flow.flow, name))

    def _following(self, spot: Spot, node: nodes.Node) -> Iterator[Spot]:
        """The nodes that a call may enter after one."""
        book = self._book
        flow = book.flows[spot[0]]
        for edge in edges_from(book.flows, book.operations, spot):
            if edge.label == "call" or not isinstance(node, nodes.Call):
                yield edge.spot  # what follows a call comes through the flow that is called
        if isinstance(node, nodes.Return):
            yield from after_return(book.flows, book.operations, spot[0], node.return_)
        if isinstance(node, nodes.Menu):
            begun = (book.answering(code) for code in codes(book, flow, node))
            yield from ((each.flow, each.start) for each in begun if each is not None)
        if flow.on_hangup and not isinstance(node, _PASSED):
            yield flow.flow, flow.on_hangup

    def to(self, edges: Iterable[EdgeKey]) -> Mapping[Spot, int]:
        """Node -> the least number of events until one of these edges is taken, from each node
        from which the graph leads to one."""
        found: dict[Spot, int] = {}
        waiting = deque((0, spot) for edge in edges for spot in self._of(edge))
        while waiting:
            events, spot = waiting.popleft()
            flow = self._book.flows.get(spot[0])
            node = flow.nodes.get(spot[1]) if flow else None
            if node is None:
                continue
            passed = isinstance(node, _PASSED)
            if found.get(spot, FAR) <= events + (not passed):
                continue
            found[spot] = events + (not passed)
            following = ((found[spot], each) for each in self._before[spot])
            waiting.extendleft(following) if passed else waiting.extend(following)
        return found

    def _of(self, edge: EdgeKey) -> Iterable[Spot]:
        """The nodes at which an edge can be taken: those of a flow have its handlers, and what
        follows a call is decided where the flow that it calls returns."""
        flow, node, label = edge
        if node:
            call = self._book.flows[flow].nodes[node]
            if isinstance(call, nodes.Call) and label != "call":
                called = self._book.flows[call.call].nodes.items()
                return [
                    (call.call, name) for name, each in called if isinstance(each, nodes.Return)
                ]
            return [(flow, node)]
        if label in self._book.codes:
            return self._menus
        return [(flow, each) for each in self._book.flows[flow].nodes]
