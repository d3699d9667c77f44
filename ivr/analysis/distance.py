"""How many events a call is from some edges at the least: a guide for the search of paths.

The graph of the flows is looked at, and where the flows that called this one go on: not values,
and not ``back``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from ivr import nodes
from ivr.analysis.coverage import EdgeKey
from ivr.analysis.graph import edges_from
from ivr.key_grammar import codes
from ivr.model import Book
from ivr.session import Frame, Session, Spot

FAR = 30
"""The distance of a call from which the graph leads to none of the edges, and the longest one."""

_PASSED = (
    *(nodes.Branch, nodes.Set, nodes.Goto, nodes.Call, nodes.Return),
    *(nodes.Say, nodes.Language),
)
"""Nodes through which a call goes without an event, or may."""


class Distances:
    """The graph of all flows, from its ends."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._menus: list[Spot] = []
        self._before: dict[Spot, list[tuple[Spot, int]]] = defaultdict(list)
        """Node -> those before it in the same call of a flow, and the events from these to it."""
        self._entered: dict[Spot, list[Spot]] = defaultdict(list)
        """First node of a flow -> nodes from which it is called, or begun by a code."""
        self._calls: dict[Spot, list[tuple[Spot, nodes.Call]]] = defaultdict(list)
        """First node of a flow -> the nodes that call it."""
        for flow in book.flows.values():
            for name, node in flow.nodes.items():
                self._add((flow.flow, name), node)
        self.exits = self._exits()
        """Node -> each outcome with which its flow may return, and the events until then."""

    def _add(self, spot: Spot, node: nodes.Node) -> None:
        """Add a node, and what may follow it."""
        flow = self.book.flows[spot[0]]
        for edge in edges_from(self.book.flows, self.book.operations, spot):
            if edge.label in ("call", "identify"):
                self._entered[edge.spot].append(spot)
            elif not isinstance(node, nodes.Call):  # what follows one depends on how it returns
                self._before[edge.spot].append((spot, events(node)))
        if isinstance(node, nodes.Call):
            called = self.book.flows[node.call]
            self._calls[called.flow, called.start].append((spot, node))
        if isinstance(node, nodes.Menu) and (coded := codes(self.book, flow, node)):
            self._menus.append(spot)
            answering = ((self.book.answering(code), code) for code in coded)
            begun = {(each.flow, each.codes[code]) for each, code in answering if each is not None}
            for first in begun:
                self._entered[first].append(spot)
        if flow.on_hangup and events(node):
            self._before[flow.flow, flow.on_hangup].append((spot, 1))

    def _exits(self) -> Mapping[Spot, Mapping[str, int]]:
        """Find how each flow may be left, and add what then follows the nodes that call it."""
        found: dict[Spot, dict[str, int]] = defaultdict(dict)
        waiting = [
            (0, (flow.flow, name), node.return_)
            for flow in self.book.flows.values()
            for name, node in flow.nodes.items()
            if isinstance(node, nodes.Return)
        ]
        heapify(waiting)
        while waiting:
            passed, spot, outcome = heappop(waiting)
            if outcome in found[spot]:
                continue
            found[spot][outcome] = passed
            for before, more in self._before[spot]:
                heappush(waiting, (passed + more, before, outcome))
            for before, call in self._calls[spot]:
                to = (before[0], call.on.get(outcome, call.else_))
                self._before[to].append((before, passed))
                for further, more in found[to].items():
                    heappush(waiting, (passed + more, before, further))
        return found

    def to(self, edges: Iterable[EdgeKey]) -> "Nearness":
        """How near calls are to one of these edges."""
        wanted = frozenset(edges)
        waiting = [(least, spot) for edge in wanted for least, spot in self._of(edge)]
        heapify(waiting)
        found: dict[Spot, int] = {}
        while waiting:
            least, spot = heappop(waiting)
            if spot in found or least > FAR:
                continue
            found[spot] = least
            for before, more in self._before[spot]:
                heappush(waiting, (least + more, before))
            for before in self._entered[spot]:
                more = events(self.book.flows[before[0]].nodes[before[1]])
                heappush(waiting, (least + more, before))
        return Nearness(self, wanted, found)

    def _of(self, edge: EdgeKey) -> Iterator[tuple[int, Spot]]:
        """The nodes at which an edge can be taken, and the events from each until it is: those of
        a flow have its handlers, and what follows a call depends on how the called flow returns."""
        flow, name, label = edge
        if name:
            node = self.book.flows[flow].nodes[name]
            if isinstance(node, nodes.Call) and label != "call":
                called = self.book.flows[node.call]
                for outcome, passed in self.exits[called.flow, called.start].items():
                    if label == after(node, outcome):
                        yield passed, (flow, name)
            else:
                yield events(node), (flow, name)
        elif label in self.book.codes:
            yield from ((1, spot) for spot in self._menus)
        else:
            of = self.book.flows[flow].nodes.items()
            yield from ((events(node), (flow, each)) for each, node in of)


def events(node: nodes.Node) -> int:
    """How many events it takes to leave a node, at the least."""
    return 0 if isinstance(node, _PASSED) else 1


def after(node: nodes.Call, outcome: str) -> str:
    """The label of the edge that a call takes when the called flow returned with an outcome."""
    return outcome if outcome in node.on else "else"


class Nearness:
    """How near calls are to the edges that are wanted."""

    def __init__(
        self, graph: Distances, wanted: frozenset[EdgeKey], near: Mapping[Spot, int]
    ) -> None:
        self._graph = graph
        self._wanted = wanted
        self._near = near
        self._found: dict[tuple[Spot, ...], int] = {}

    def of(self, at: Session) -> int:
        """The least number of events until a wanted edge is taken, FAR if none can be."""
        place = ((at.flow, at.node), *((each.flow, each.node) for each in at.frames))
        if place not in self._found:
            self._found[place] = self._least((at.flow, at.node), at.frames)
        return self._found[place]

    def _least(self, spot: Spot, frames: Sequence[Frame]) -> int:
        least = self._near.get(spot, FAR)
        flows, exits = self._graph.book.flows, self._graph.exits[spot]
        for frame in reversed(frames):
            flow, then = flows[frame.flow], dict[Spot, int]()
            call = flow.nodes[frame.node]
            for outcome, passed in exits.items():
                if isinstance(call, nodes.Call) and not frame.identifying:
                    if (flow.flow, frame.node, after(call, outcome)) in self._wanted:
                        least = min(least, passed)
                    targets = [call.on.get(outcome, call.else_)]
                else:
                    targets = [frame.node, flow.on_need]
                for to in targets:
                    then[flow.flow, to] = min(passed, then.get((flow.flow, to), FAR))
            if flow.on_hangup:
                then.setdefault((flow.flow, flow.on_hangup), 1)
            further: dict[str, int] = {}
            for place, passed in then.items():
                least = min(least, passed + self._near.get(place, FAR))
                for outcome, more in self._graph.exits[place].items():
                    further[outcome] = min(passed + more, further.get(outcome, FAR))
            exits = further
        return least
