"""Data-flow analysis: which values are set at each node, and whether the caller is known or agreed.

A value may be set if some path sets it, and must be if every path does. A called flow has its own
values: it starts with its inputs, and its outputs come with each outcome.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import Edge, Operations
from ivr.check.graph import Graph
from ivr.conditions import REFERENCE
from ivr.model import UNAVAILABLE, Flow, needed, row_kinds
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import NEEDS

AGREED = "(a yes)"
KNOWN = "(a caller whom we know)"


class Names:
    """A set of names as a bit set: fast unions of thousands of names."""

    __slots__ = ("_bits", "_index")

    def __init__(self, bits: int, index: Mapping[str, int]) -> None:
        self._bits = bits
        self._index = index

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._bits & self._index.get(name, 0))


class Brought(Struct, frozen=True):
    """The values that may be set, and those that must be."""

    may: Names
    must: Names


class Made(Struct, frozen=True):
    """The values that an edge may set, and those that it always sets."""

    may: frozenset[str] = frozenset()
    must: frozenset[str] = frozenset()


def flow_of_values(graph: Graph, operations: Operations) -> Mapping[Spot, Brought]:
    """Node -> the values set there, for each node that a call may reach."""
    course = _Course(graph, operations)
    for flow in graph.flows.values():
        if flow.numbers or flow.outbound or flow.flow not in graph.entered:
            given = course.bits(flow.inputs)
            course.arrive((flow.flow, flow.start), given, given)
        for node in flow.codes.values():
            course.arrive((flow.flow, node), 0, 0)
    while course.waiting:
        course.leave(course.waiting.popleft())
    return {
        spot: Brought(Names(may, course.index), Names(must, course.index))
        for spot, (may, must) in course.there.items()
    }


_PASSED_THROUGH = (nodes.Branch, nodes.Goto, nodes.Return)
"""Nodes that a call passes at once: no hang-up and no fault happens there."""


class _Course:
    """The fixed-point iteration: nodes whose values changed wait until nothing changes."""

    def __init__(self, graph: Graph, operations: Operations) -> None:
        self.graph = graph
        self.operations = operations
        self.index: dict[str, int] = {}
        self.there: dict[Spot, tuple[int, int]] = {}
        self.waiting: deque[Spot] = deque()
        self.waits: set[Spot] = set()
        self.made: dict[tuple[Spot, str], tuple[int, int]] = {}
        """The values that the edges out of a node may set, and must."""
        self.kept = self.bits((AGREED, KNOWN))
        """Facts that stay true when another flow is called."""

    def bits(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self.index.setdefault(name, 1 << len(self.index))
        return found

    def wait(self, spot: Spot) -> None:
        if spot not in self.waits:
            self.waits.add(spot)
            self.waiting.append(spot)

    def arrive(self, spot: Spot, may: int, must: int) -> None:
        before = self.there.get(spot, (0, -1))
        after = (before[0] | may, before[1] & must)
        if after != before and spot in self.graph.nodes:
            self.there[spot] = after
            self.wait(spot)

    def leave(self, spot: Spot) -> None:
        """Propagate the values of a node along its edges."""
        self.waits.discard(spot)
        node, flow = self.graph.nodes[spot], self.graph.flows[spot[0]]
        literal = isinstance(node, nodes.Set) and not any("{" in each for each in node.set.values())
        if not (literal or isinstance(node, _PASSED_THROUGH)):
            for handler in filter(None, (flow.on_hangup, flow.on_error)):
                self.arrive((flow.flow, handler), *self.there[spot])
        if isinstance(node, nodes.Return):
            self.come_back(spot, node)
            return
        for edge in self.graph.out(spot):
            if edge.label in ("call", "identify"):
                self.go_into(spot, edge)
            elif not isinstance(node, nodes.Call) or edge.label == "need":
                self.pass_on(spot, node, edge)

    def go_into(self, spot: Spot, edge: Edge) -> None:
        """Enter a called flow; only known subscribers enter an identify flow."""
        may, must = self.there[spot]
        called = self.graph.flows[edge.flow]
        given = self.bits((*called.inputs, *((KNOWN,) if edge.label == "identify" else ())))
        self.arrive(edge.spot, given | may & self.kept, given | must & self.kept)
        for each in returns_of(called):
            if each in self.there:
                self.wait(each)

    def come_back(self, spot: Spot, node: nodes.Return) -> None:
        """Propagate a return to the calling flows, with their outputs."""
        inside = self.there[spot]
        for at in self.graph.asked[spot[0]]:
            for edge in self.graph.back_to(at) if at in self.there else ():
                self.arrive(edge.spot, *self.there[at])
        for at in self.graph.calls[spot[0]]:
            if at in self.there:
                call = self.graph.nodes[at]
                assert isinstance(call, nodes.Call)
                taken = [
                    self.bits(n for n, output in call.take.items() if self.bits((output,)) & side)
                    for side in inside
                ]
                may, must = self.there[at]
                for edge in self.graph.back(at, node.return_):
                    self.arrive(edge.spot, may | taken[0], must | taken[1])

    def pass_on(self, spot: Spot, node: Node, edge: Edge) -> None:
        """Propagate values along an edge, with those that the edge sets."""
        may, must = self.there[spot]
        if (made := self.made.get((spot, edge.label))) is None:
            by = made_by(self.operations, node, edge.label)
            made = self.made[spot, edge.label] = (self.bits(by.may), self.bits(by.must))
        may, must = may | made[0], must | made[1]
        operation = self.operations.get(node.do) if isinstance(node, nodes.Do) else None
        costs = operation is not None and operation.costs
        chosen = isinstance(node, nodes.Menu) and edge.label not in ("silent", "wrong")
        if costs or chosen:  # the agreement is used up, or was not for this choice
            agreed = self.bits((AGREED,))
            may, must = may & ~agreed, must & ~agreed
        self.arrive(edge.spot, may, must)


def returns_of(flow: Flow) -> list[Spot]:
    """The return nodes of a flow."""
    found = flow.nodes.items()
    return [(flow.flow, name) for name, node in found if isinstance(node, nodes.Return)]


def made_by(operations: Operations, node: Node, label: str) -> Made:
    """The values that an edge out of a node sets."""
    if label == "need":
        return Made()
    made = _made(operations, node, label)
    context = frozenset((KNOWN,) if NEEDS[needed(node, operations)] else ())
    return Made(made.may | context, made.must | context)


def _made(operations: Operations, node: Node, label: str) -> Made:
    names: Iterable[str] = ()
    match node:
        case nodes.Do() if node.do in operations:
            return _done(operations, node, label)
        case nodes.Hours():
            sure = "closes" if label == "open" else "opens"
            return Made(frozenset(("opens", "closes")), frozenset((sure,)))
        case nodes.Set():
            names = node.set
        case nodes.Input() | nodes.Record() if label == "then":
            names = (node.into,)
        case nodes.Announce() if label == "told":
            names = ("announcements",)
        case nodes.Confirm() if label == "yes":
            names = (AGREED,)
        case nodes.Menu(each=nodes.Listing() as over) if label == "row":
            names = over.take
        case nodes.Branch() if label != "else":
            names = _looked(node.branch, label)
    return Made(frozenset(names), frozenset(names))


def _looked(what: str, case: str) -> frozenset[str]:
    """What the case of a branch that was taken proves."""
    if what == "caller":
        return frozenset((KNOWN,) if case == "known" else ())
    if what == "identity":
        return frozenset((KNOWN,) if case in ("caller", "code-word") else ())
    return frozenset(() if what in ("language", "dialled") else (what,))


def _done(operations: Operations, node: nodes.Do, label: str) -> Made:
    """The values of the outcomes that take this edge."""
    outcomes = operations[node.do].outcomes
    fit = [label]
    if label == "else":
        fit = [each for each in outcomes if each not in node.on]
    elif label == "backend-down":
        fit = [UNAVAILABLE]
    found = [frozenset(outcomes[each]) for each in fit if each in outcomes] or [frozenset[str]()]
    return Made(frozenset.union(*found), frozenset.intersection(*found))


def makes(node: Node, operations: Operations) -> Iterable[tuple[str, str]]:
    """The values that a node sets, with their kinds; for a set without copies."""
    match node:
        case nodes.Input():
            return [(node.into, "secret" if node.secret else node.takes)]
        case nodes.Record():
            return [(node.into, "recording")]
        case nodes.Hours():
            return [("opens", "moment"), ("closes", "moment")]
        case nodes.Announce():
            return [("announcements", "each")]
        case nodes.Menu(each=nodes.Listing() as over):
            known = row_kinds(operations, over.of)
            return [(name, known[of]) for name, of in over.take.items() if of in known]
        case nodes.Set():
            return [
                (name, "count" if given.isdigit() else "word")
                for name, given in node.set.items()
                if not REFERENCE.fullmatch(given)
            ]
        case nodes.Do() if node.do in operations:
            outcomes = operations[node.do].outcomes.values()
            return [pair for values in outcomes for pair in values.items()]
    return ()


def copied(
    names: Mapping[str, frozenset[str]], copies: Iterable[tuple[str, str]]
) -> Mapping[str, frozenset[str]]:
    """Names with their kinds, and copies with the kinds of their sources, transitively."""
    found = dict(names)
    into = defaultdict(list)
    for name, of in copies:
        into[of].append(name)
        found.setdefault(name, frozenset())
    waiting = list(found)
    while waiting:
        of = waiting.pop()
        for name in into[of]:
            if not found[of] <= found[name]:
                found[name] |= found[of]
                waiting.append(name)
    return found
