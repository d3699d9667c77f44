"""The graph of all flows together: what can be reached, and how far a human is."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heappop, heappush
from itertools import count

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import FAILED_INPUT, NO_ROWS, Edge, Operations, edges_from
from ivr.model import Flow
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import ACTIONS

HUMAN = (nodes.Queue, nodes.Dial)
"""Nodes that connect the caller with a human."""


class Far(Struct, frozen=True):
    """The number of keys to a human (infinite if none can be reached), and the next edge."""

    keys: float
    edge: Edge | None = None


class Graph:
    """Nodes and edges; edges to missing nodes are left out."""

    def __init__(self, flows: Mapping[str, Flow], operations: Operations) -> None:
        self.flows = flows
        self.nodes: dict[Spot, Node] = {
            (flow.flow, name): node for flow in flows.values() for name, node in flow.nodes.items()
        }
        self.edges: dict[Spot, tuple[Edge, ...]] = {
            spot: tuple(
                edge
                for edge in edges_from(flows, operations, spot)
                if edge.node in ACTIONS or edge.spot in self.nodes or not edge.node
            )
            for spot in self.nodes
        }
        self._out: dict[Spot, Sequence[Edge]] = {}
        self.calls: dict[str, list[Spot]] = defaultdict(list)
        """Flow -> the nodes that call it."""
        for spot, node in self.nodes.items():
            if isinstance(node, nodes.Call):
                self.calls[node.call].append(spot)
        self.asked: dict[str, list[Spot]] = defaultdict(list)
        """Flow -> the nodes that enter it as their identify flow."""
        for spot, found in self.edges.items():
            for edge in found:
                if edge.label == "identify":
                    self.asked[edge.flow].append(spot)

    def entries(self, flow: str) -> list[Spot]:
        """The nodes that a flow may return to."""
        return [*self.calls[flow], *self.asked[flow]]

    def out(self, spot: Spot) -> Sequence[Edge]:
        """The edges to other nodes; those of a return go on in the calling flows."""
        if (found := self._out.get(spot)) is None:
            found = self._out[spot] = tuple(self._edges_out(spot))
        return found

    def _edges_out(self, spot: Spot) -> Iterator[Edge]:
        node = self.nodes[spot]
        if isinstance(node, nodes.Return):
            for call in self.calls[spot[0]]:
                yield from self.back(call, node.return_)
            for each in self.asked[spot[0]]:
                yield from self.back_to(each)
        else:
            yield from (edge for edge in self.edges[spot] if edge.spot in self.nodes)

    def back(self, call: Spot, outcome: str) -> Iterator[Edge]:
        """The edge in a calling flow for an outcome of the called one."""
        node = self.nodes[call]
        assert isinstance(node, nodes.Call)
        target = node.on.get(outcome, node.else_)
        if (call[0], target) in self.nodes:
            yield Edge(outcome, call[0], target)

    def back_to(self, asked: Spot) -> list[Edge]:
        """The edges after an identify flow: into the node that needed it, or to on-need."""
        past = [edge for edge in self.edges[asked] if edge.label == "need"]
        return [Edge("proven" if past else "return", *asked), *past]

    def reached(
        self, starts: Iterable[Spot], passes: Callable[[Spot, Edge], bool] = lambda _, __: True
    ) -> dict[Spot, Spot | None]:
        """All nodes on paths from the starts, each with its predecessor on a shortest path."""
        found: dict[Spot, Spot | None] = {each: None for each in starts if each in self.nodes}
        waiting = list(found)
        for spot in waiting:
            for edge in self.out(spot):
                ahead = edge.spot
                if ahead not in found and passes(spot, edge):
                    found[ahead] = spot
                    waiting.append(ahead)
        return found

    @cached_property
    def before(self) -> Mapping[Spot, list[tuple[Spot, Edge]]]:
        """Node -> its incoming edges and their sources."""
        found = defaultdict(list)
        for spot in self.nodes:
            for edge in self.out(spot):
                found[edge.spot].append((spot, edge))
        return found

    def handlers(self, flow: Flow) -> Iterator[Spot]:
        """The nodes of a flow's handlers."""
        for name in (flow.on_hangup, flow.on_error, flow.on_need, flow.on_backend_down):
            if name:
                yield (flow.flow, name)

    @cached_property
    def begun(self) -> list[Spot]:
        """The nodes at which calls start."""
        return [
            (flow.flow, node)
            for flow in self.flows.values()
            for node in dict.fromkeys(flow.entries.values())
        ]

    @cached_property
    def entered(self) -> frozenset[str]:
        """The flows that a number, a code or another flow enters."""
        named = {flow.flow for flow in self.flows.values() if flow.entries}
        for spot, node in self.nodes.items():
            match node:
                case nodes.Call() if node.call != spot[0]:
                    named.add(node.call)
                case nodes.Goto() if node.flow != spot[0]:
                    named.add(node.flow)
        named.update(flow for flow, spots in self.asked.items() if spots)
        return frozenset(named)

    @cached_property
    def trapped(self) -> frozenset[Spot]:
        """The nodes from which no end and no human can be reached, farewell apart."""
        out = [
            spot
            for spot, node in self.nodes.items()
            if isinstance(node, (nodes.End, *HUMAN))
            or (isinstance(node, nodes.Return) and not self.entries(spot[0]))
        ]
        free = set(out)
        for spot in out:
            for each, edge in self.before[spot]:
                if each not in free and edge.label != "farewell":
                    free.add(each)
                    out.append(each)
        return frozenset(self.nodes.keys() - free)

    # How far a human is. The caller chooses the key, but not the outcome: a menu is as near as its
    # nearest edge, an operation as far as its farthest.

    @cached_property
    def human(self) -> Mapping[Spot, Far]:
        """How far a human is from every node, whatever the outcomes are.

        Hours count as open: while they are closed there are no agents.
        """
        far: dict[Spot, Far] = {}
        ahead: dict[Spot, set[Spot]] = {}
        queue: list[tuple[float, int, Spot, Edge | None]] = []
        tick = count()
        for spot, node in self.nodes.items():
            ahead[spot] = {edge.spot for edge in self.out(spot) if _led(node, edge)}
            if isinstance(node, HUMAN):
                heappush(queue, (0, next(tick), spot, None))
        while queue:
            keys, _, spot, edge = heappop(queue)
            if spot in far:
                continue
            far[spot] = Far(keys, edge)
            for each, to in self.before[spot]:
                node = self.nodes[each]
                if not _led(node, to):
                    continue
                ahead[each].discard(spot)
                if isinstance(node, (*nodes.AWAITS_KEY, nodes.Hours)):
                    heappush(queue, (keys + _cost(node, to), next(tick), each, to))
                elif not ahead[each] and not isinstance(node, HUMAN):
                    heappush(queue, (keys, next(tick), each, to))
        return {spot: far.get(spot, Far(math.inf)) for spot in self.nodes}

    def course(self, spot: Spot) -> list[str]:
        """The nodes of the shortest path to a human, each after the key that leads there."""
        steps = [spot[1]]
        while (edge := self.human[spot].edge) is not None:
            key = f"{edge.label}: " if isinstance(self.nodes[spot], nodes.AWAITS_KEY) else ""
            steps.append(f"{key}{edge.node}")
            spot = edge.spot
        return steps


def _led(node: Node, edge: Edge) -> bool:
    """Whether an edge counts on the path to a human.

    Patience is not used up, and the identity level suffices. The outcomes of a call come through
    the called flow. A caller who looks for a human does not key the code word.
    """
    if isinstance(node, nodes.Call):
        return edge.label == "call"
    if isinstance(node, nodes.Return):
        return edge.label != "proven"
    if isinstance(node, nodes.Menu) and edge.label == NO_ROWS:
        return False
    return edge.label not in ("farewell", "need", "identify")


def _cost(node: Node, edge: Edge) -> int:
    """The number of keys for an edge; gave-up and unanswered take as many as there are attempts."""
    if isinstance(node, nodes.Hold):
        return 1
    if not isinstance(node, nodes.Listens):
        return 0
    if edge.label in FAILED_INPUT:
        return node.attempts if edge.label in ("gave-up", "unanswered") else 1
    named = isinstance(node, nodes.Menu) and edge.label not in ("row", "more")
    return len(edge.label) if named else 1
