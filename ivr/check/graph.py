"""The graph of all flows together: what may be reached, and how far away a human is."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from heapq import heappop, heappush
from itertools import count

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import FAILED_INPUT, Edge, Operations, edges_from
from ivr.model import Flow
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import ACTIONS

HUMAN = (nodes.Queue, nodes.Dial)
"""Nodes in which somebody speaks with the caller."""


class Far(Struct, frozen=True):
    """How many keys away a human is (infinite if none can be reached), and by which way on."""

    keys: float
    edge: Edge | None = None


class Graph:
    """Spots and ways; what leads to nodes that do not exist is left out."""

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
        self.calls: dict[str, list[Spot]] = defaultdict(list)
        """Flow -> the nodes that call it, or let it ask who the caller is."""
        for spot, node in self.nodes.items():
            if isinstance(node, nodes.Call):
                self.calls[node.call].append(spot)
        self.asked: dict[str, list[Spot]] = defaultdict(list)
        """Flow -> the nodes for which it asks who the caller is."""
        for spot, found in self.edges.items():
            for edge in found:
                if edge.label == "identify":
                    self.asked[edge.flow].append(spot)

    def entries(self, flow: str) -> list[Spot]:
        """The nodes to which a flow may return."""
        return [*self.calls[flow], *self.asked[flow]]

    def out(self, spot: Spot) -> Iterator[Edge]:
        """The ways to other spots; those of a return lead on in the flows that called."""
        node = self.nodes[spot]
        if isinstance(node, nodes.Return):
            for call in self.calls[spot[0]]:
                yield from self.back(call, node.return_)
            for each in self.asked[spot[0]]:
                yield from self.back_to(each)
        else:
            yield from (edge for edge in self.edges[spot] if edge.spot in self.nodes)

    def back(self, call: Spot, outcome: str) -> Iterator[Edge]:
        """The way on in a flow that called another one, with the outcome of that."""
        node = self.nodes[call]
        assert isinstance(node, nodes.Call)
        target = node.on.get(outcome, node.else_)
        if (call[0], target) in self.nodes:
            yield Edge(outcome, call[0], target)

    def back_to(self, asked: Spot) -> list[Edge]:
        """The ways on for a caller who was asked who he is: into that node, or past it."""
        past = [edge for edge in self.edges[asked] if edge.label == "need"]
        return [Edge("proven" if past else "return", *asked), *past]

    def reached(
        self, starts: Iterable[Spot], passes: Callable[[Spot, Edge], bool] = lambda _, __: True
    ) -> dict[Spot, Spot | None]:
        """All spots on ways from the starts, each with the one before it, by shortest ways."""
        found: dict[Spot, Spot | None] = {each: None for each in starts if each in self.nodes}
        waiting = list(found)
        for spot in waiting:
            for edge in self.out(spot):
                if edge.spot not in found and passes(spot, edge):
                    found[edge.spot] = spot
                    waiting.append(edge.spot)
        return found

    @cached_property
    def before(self) -> Mapping[Spot, list[tuple[Spot, Edge]]]:
        """Where the ways to each spot come from."""
        found = defaultdict(list)
        for spot in self.nodes:
            for edge in self.out(spot):
                found[edge.spot].append((spot, edge))
        return found

    def handlers(self, flow: Flow) -> Iterator[Spot]:
        """Where a call may suddenly be."""
        for name in (flow.on_hangup, flow.on_error, flow.on_need, flow.on_backend_down):
            if name:
                yield (flow.flow, name)

    @cached_property
    def begun(self) -> list[Spot]:
        """Where calls begin."""
        return [
            (flow.flow, node)
            for flow in self.flows.values()
            for node in dict.fromkeys(flow.entries.values())
        ]

    @cached_property
    def entered(self) -> frozenset[str]:
        """The flows that another one names, or a number, or a code."""
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
        """The spots from which nothing leads to an end or a human; patience alone is no way."""
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

    # How far away a human is. The caller chooses among keys, the world among outcomes, so that
    # a menu is as near as its nearest way, and an operation as far as its farthest.

    @cached_property
    def human(self) -> Mapping[Spot, Far]:
        """How far away a human is from every spot, however the world answers.

        Hours count as open: while they are closed, nobody is there.
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
                if isinstance(node, nodes.Listens | nodes.Hours):
                    heappush(queue, (keys + _cost(node, to), next(tick), each, to))
                elif not ahead[each] and not isinstance(node, HUMAN):
                    heappush(queue, (keys, next(tick), each, to))
        return {spot: far.get(spot, Far(math.inf)) for spot in self.nodes}

    def course(self, spot: Spot) -> list[str]:
        """The nodes of the nearest way to a human, each after the key that leads there."""
        steps = [spot[1]]
        while (edge := self.human[spot].edge) is not None:
            key = f"{edge.label}: " if isinstance(self.nodes[spot], nodes.Listens) else ""
            steps.append(f"{key}{edge.node}")
            spot = edge.spot
        return steps


def _led(node: Node, edge: Edge) -> bool:
    """Whether a way counts as one to a human: patience is not spent, and the caller is known.

    The outcomes of a call come through the flow that is called. Who looks for a human instead of
    telling his code word does not prove it.
    """
    if isinstance(node, nodes.Call):
        return edge.label == "call"
    if isinstance(node, nodes.Return):
        return edge.label != "proven"
    return edge.label not in ("farewell", "need", "identify")


def _cost(node: Node, edge: Edge) -> int:
    """How many keys a way takes; to give up takes as many wrong ones, or silences."""
    if not isinstance(node, nodes.Listens):
        return 0
    if edge.label in FAILED_INPUT:
        return node.attempts if edge.label == "gave-up" else 1
    return len(edge.label) if isinstance(node, nodes.Menu) else 1
