"""What is brought on the way to each node: values, and whether the caller is known or agreed.

A value may be there if some way brings it, and must be if every way does. A flow that is called has
its own values: it begins with its inputs, and its outputs come with each outcome.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ivr import nodes
from ivr.check.graph import Graph
from ivr.model import UNAVAILABLE, Flow
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import NEEDS
from ivr.ways import Operations, Way

AGREED = "(a yes)"
KNOWN = "(a caller whom we know)"

Names = frozenset[str]


class Brought(Struct, frozen=True):
    """What may be there, and what must be."""

    may: Names = frozenset()
    must: Names = frozenset()

    def joined(self, other: "Brought") -> "Brought":
        return Brought(self.may | other.may, self.must & other.must)

    def plus(self, more: "Brought") -> "Brought":
        return Brought(self.may | more.may, self.must | more.must)


def flow_of_values(graph: Graph, operations: Operations) -> Mapping[Spot, Brought]:
    """What is brought to each spot that a call may reach, each flow begun by itself."""
    course = _Course(graph, operations)
    for flow in graph.flows.values():
        if flow.numbers or flow.flow not in graph.entered:
            given = frozenset(flow.inputs)
            course.arrive((flow.flow, flow.start), Brought(given, given))
    while course.waiting:
        course.leave(course.waiting.popleft())
    return course.there


_AT_ONCE = (nodes.Branch, nodes.Goto, nodes.Return)
"""Nodes in which no call stays, so that it is neither hung up nor at fault there."""


class _Course:
    """What was brought so far; spots wait where that grew, until it grows nowhere."""

    def __init__(self, graph: Graph, operations: Operations) -> None:
        self.graph = graph
        self.operations = operations
        self.there: dict[Spot, Brought] = {}
        self.waiting: deque[Spot] = deque()

    def arrive(self, spot: Spot, brought: Brought) -> None:
        before = self.there.get(spot)
        after = brought if before is None else before.joined(brought)
        if after != before and spot in self.graph.nodes:
            self.there[spot] = after
            self.waiting.append(spot)

    def leave(self, spot: Spot) -> None:
        graph, there = self.graph, self.there
        node, flow = graph.nodes[spot], graph.flows[spot[0]]
        literal = isinstance(node, nodes.Set) and not any("{" in each for each in node.set.values())
        if not (literal or isinstance(node, _AT_ONCE)):
            for handler in filter(None, (flow.on_hangup, flow.on_error)):
                self.arrive((flow.flow, handler), there[spot])
        if isinstance(node, nodes.Return):
            for call in graph.calls[spot[0]]:
                if call in there:
                    taken = _taken(graph, call, spot, there)
                    for way in graph.back(call, node.return_):
                        self.arrive(way.spot, there[call].plus(taken))
            return
        for way in graph.out(spot):
            if not isinstance(node, nodes.Call) or way.label == "need":
                self.arrive(way.spot, _passed(self.operations, node, way, there[spot]))
        if isinstance(node, nodes.Call):
            start = (node.call, graph.flows[node.call].start)
            self.arrive(start, _given(graph.flows, node, there[spot]))
            self.waiting.extend(returned(graph.flows, node.call, there))


def _given(flows: Mapping[str, Flow], call: nodes.Call, there: Brought) -> Brought:
    """What a flow that is called begins with."""
    inputs, kept = frozenset(flows[call.call].inputs), frozenset((AGREED, KNOWN))
    return Brought(inputs | there.may & kept, inputs | there.must & kept)


def returned(flows: Mapping[str, Flow], flow: str, there: Mapping[Spot, Brought]) -> list[Spot]:
    found = flows[flow].nodes.items() if flow in flows else ()
    spots = [(flow, name) for name, node in found if isinstance(node, nodes.Return)]
    return [spot for spot in spots if spot in there]


def _taken(graph: Graph, call: Spot, returned: Spot, there: Mapping[Spot, Brought]) -> Brought:
    """What a flow brings to the one that called it."""
    node = graph.nodes[call]
    assert isinstance(node, nodes.Call)
    inside = there[returned]
    may = {name for name, output in node.take.items() if output in inside.may}
    return Brought(frozenset(may), frozenset(n for n in may if node.take[n] in inside.must))


def _passed(operations: Operations, node: Node, way: Way, there: Brought) -> Brought:
    """What is there after a way out of a node."""
    found = there.plus(made_by(operations, node, way.label))
    gone: set[str] = set()
    if isinstance(node, nodes.Menu) and way.label not in ("silent", "wrong"):
        gone.add(AGREED)  # what is chosen now was not agreed to before
    if isinstance(node, nodes.Do) and node.do in operations and operations[node.do].costs:
        gone.add(AGREED)
    return Brought(found.may - gone, found.must - gone) if gone else found


def made_by(operations: Operations, node: Node, label: str) -> Brought:
    """What a way out of a node brings."""
    made = frozenset(name for name, _ in makes(node, operations))
    match node:
        case nodes.Do() if node.do in operations:
            return _done(operations, node, label)
        case nodes.Hours():
            return Brought(made, frozenset(("closes" if label == "open" else "opens",)))
        case nodes.Set():
            names = frozenset(node.set)
            return Brought(names, names)
        case nodes.Input() | nodes.Record() if label != "then":
            made = frozenset()
        case nodes.Announce() if label != "told":
            made = frozenset()
        case nodes.Confirm() if label == "yes":
            made = frozenset((AGREED,))
        case nodes.Branch() if label != "else":
            made = _looked(node.branch, label)
    if label != "need" and NEEDS[node.need]:
        made |= {KNOWN}
    return Brought(made, made)


def _looked(what: str, case: str) -> Names:
    """What is known after a case of a branch that fits."""
    if what == "caller":
        return frozenset((KNOWN,) if case == "known" else ())
    if what == "identity":
        return frozenset((KNOWN,) if case in ("caller", "code-word") else ())
    return frozenset(() if what in ("language", "dialled") else (what,))


def _done(operations: Operations, node: nodes.Do, label: str) -> Brought:
    """What the outcomes bring that lead this way."""
    outcomes = operations[node.do].outcomes
    match label:
        case "need":
            return Brought()
        case "backend-down":
            fit = [UNAVAILABLE]
        case "else":
            fit = [each for each in outcomes if each not in node.on]
        case _:
            fit = [label]
    found = [Brought(frozenset(outcomes[e]), frozenset(outcomes[e])) for e in fit if e in outcomes]
    if not found:
        return Brought()
    joined = found[0]
    for each in found[1:]:
        joined = joined.joined(each)
    return joined


def makes(node: Node, operations: Operations) -> Iterable[tuple[str, str]]:
    """The values that a node brings, with their kinds; of a set only what it makes itself."""
    match node:
        case nodes.Input():
            return [(node.into, node.takes)]
        case nodes.Record():
            return [(node.into, "recording")]
        case nodes.Hours():
            return [("opens", "moment"), ("closes", "moment")]
        case nodes.Announce():
            return [("announcements", "each")]
        case nodes.Set():
            return [
                (name, "count" if given.isdigit() else "word") for name, given in node.set.items()
            ]
        case nodes.Do() if node.do in operations:
            outcomes = operations[node.do].outcomes.values()
            return [pair for values in outcomes for pair in values.items()]
    return ()
