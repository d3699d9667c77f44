"""Flows as a picture: boxes and arrows, and the exits that boxes list to keep it legible.

Every edge of :mod:`ivr.analysis.graph` is in it exactly once: as an arrow, or listed in the box of
its node. Listed are edges that would be a line across the page, and those that every menu has (the
keys of ``always``, silence, wrong keys).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import FAILED_INPUT, HANDLERS, Edge, edges_from
from ivr.analysis.reachability import NextHop, shortest_to_human
from ivr.diagram.edges import Arrow, Exit, arrange
from ivr.key_grammar import codes, opening
from ivr.model import Book, Flow, needed
from ivr.nodes import Node, kind
from ivr.session import Spot
from ivr.terms import ACTIONS

Look: TypeAlias = Literal["tells", "asks", "does", "decides", "human", "leads", "ends", "handler"]
"""The look of a box; each kind of node has one."""

Words: TypeAlias = Mapping[str, str]
"""Prompt -> its text in the language of the picture."""


class Traffic(Struct, frozen=True):
    """Traffic of stored calls: how many visited each node and took each edge of a flow."""

    calls: int
    nodes: Mapping[str, int]
    edges: Mapping[tuple[str, str], int]
    began: tuple[datetime, datetime] | None = None


class Box(Struct, frozen=True, omit_defaults=True):
    """A node. ``what``: what it does; ``human``: the keys to a human, for menus and inputs.

    ``exits``: the exits without an arrow; ``usual``: those that every menu has.
    """

    flow: str
    node: str
    kind: str
    look: Look
    what: str = ""
    words: str = ""
    need: str = ""
    start: bool = False
    human: str | None = None
    exits: tuple[Exit, ...] = ()
    usual: tuple[Exit, ...] = ()
    calls: int = 0
    hung_up: int = 0


class Sheet(Struct, frozen=True):
    """A flow of the picture; ``everywhere``: the exits that all its menus and inputs have.

    ``calls`` is None if traffic was not counted; ``began``: start of the first and the last call.
    """

    flow: str
    version: str
    numbers: tuple[str, ...]
    boxes: tuple[Box, ...]
    everywhere: tuple[Exit, ...]
    calls: int | None = None
    began: tuple[datetime, datetime] | None = None


class Picture(Struct, frozen=True):
    """The sheets, the requested flow first, and the arrows between all boxes."""

    sheets: tuple[Sheet, ...]
    arrows: tuple[Arrow, ...]


def picture(
    book: Book, names: Sequence[str], words: Words, traffic: Mapping[str, Traffic]
) -> Picture:
    """The picture of the flows ``names``, with the ``traffic`` of those that have some."""
    found = shortest_to_human(book.flows, book.operations)
    marked = frozenset(edge for name in names for edge in _marked(book.flows[name], names, found))
    sketches = [_Sketch(book, name, traffic.get(name), names, marked) for name in names]
    starts = [
        (name, node)
        for name in names
        for node in (book.flows[name].start, *book.flows[name].codes.values())
    ]
    drawn, listed = arrange(starts, [line for sketch in sketches for line in sketch.lines])
    return Picture(tuple(sketch.sheet(words, found, listed) for sketch in sketches), drawn)


def linked_flows(flows: Mapping[str, Flow], name: str) -> tuple[str, ...]:
    """A flow and all flows that it leads to, the near ones first."""
    found = [name]
    for each in found:
        for node in flows[each].nodes.values():
            if isinstance(node, nodes.Call | nodes.Goto):
                to = node.call if isinstance(node, nodes.Call) else node.flow
                if to not in found:
                    found.append(to)
        if flows[each].identify and flows[each].identify not in found:
            found.append(flows[each].identify)
    return tuple(found)


def _marked(
    flow: Flow, names: Sequence[str], found: Mapping[Spot, NextHop]
) -> Iterator[tuple[Spot, str]]:
    """The edges of the shortest way from the start to a human, within the picture."""
    spot = (flow.flow, flow.start)
    while spot[0] in names and spot in found and found[spot].way:
        yield spot, found[spot].way
        spot = found[spot].to


class _Sketch:
    """A flow whose edges are sorted into arrows and listed exits."""

    def __init__(
        self,
        book: Book,
        name: str,
        traffic: Traffic | None,
        names: Sequence[str],
        marked: frozenset[tuple[Spot, str]],
    ) -> None:
        self.flow = flow = book.flows[name]
        self.operations = book.operations
        self.traffic = traffic
        self.lines: list[Arrow] = []
        self.exits: dict[str, list[Exit]] = defaultdict(list)
        self.usual: dict[str, list[Exit]] = defaultdict(list)
        keyed = sorted({code for node in flow.nodes.values() for code in _codes(book, flow, node)})
        self.keyed = [
            Exit(code, to.flow, to.codes[code]) for code in keyed if (to := book.answering(code))
        ]
        out = {each: edges_from(book.flows, book.operations, (name, each)) for each in flow.nodes}
        self.gave_up = _gave_up(out.values())
        for node, found in out.items():
            for edge in found:
                human = ((name, node), edge.label) in marked
                self._sort(node, edge, names, human)
        for label, field in HANDLERS.items():
            target = getattr(flow, field)
            if target:
                exits = (Exit("", name, target),)
                self.lines.append(Arrow((name, handler(label)), (name, target), exits, "handler"))

    def _sort(self, node: str, edge: Edge, names: Sequence[str], human: bool) -> None:
        calls = self.traffic.edges.get((node, edge.label), 0) if self.traffic else 0
        found = Exit(edge.label, edge.flow, edge.node, calls)
        if self._is_usual(node, edge) and not human:
            self.usual[node].append(found)
        elif edge.node in (*ACTIONS, "") or edge.flow not in names or edge.label in HANDLERS:
            self.exits[node].append(found)
        else:
            look: Literal["flaw", "flow", "way"] = "flaw" if edge.label in FAILED_INPUT else "way"
            if edge.label in ("call", "goto", "identify"):
                look = "flow"
            self.lines.append(Arrow((self.flow.flow, node), edge.spot, (found,), look, human))

    def _is_usual(self, name: str, edge: Edge) -> bool:
        """Whether all menus and inputs of the flow have this edge."""
        if not isinstance(self.flow.nodes[name], nodes.AWAITS_KEY):
            return False
        if edge.label == "gave-up":
            return edge.node == self.gave_up
        return edge.label in FAILED_INPUT or self.flow.always.get(edge.label) == edge.node

    def sheet(
        self, words: Words, found: Mapping[Spot, NextHop], listed: Mapping[Spot, Sequence[Exit]]
    ) -> Sheet:
        flow = self.flow
        everywhere = [Exit(key, flow.flow, target) for key, target in flow.always.items()]
        everywhere += self.keyed
        if self.gave_up:
            everywhere.append(Exit("gave-up", flow.flow, self.gave_up))
        if flow.farewell:
            everywhere.append(Exit("farewell", flow.flow, flow.farewell))
        boxes = [self._box(name, words, found, listed) for name in flow.nodes]
        boxes += [
            Box(flow.flow, handler(label), "", "handler", exits=tuple(listed[flow.flow, at]))
            for label, field in HANDLERS.items()
            if getattr(flow, field)
            for at in [handler(label)]
        ]
        counted = (self.traffic.calls, self.traffic.began) if self.traffic else ()
        about = (flow.flow, flow.version, tuple(flow.entries))
        return Sheet(*about, tuple(boxes), tuple(everywhere), *counted)

    def _box(
        self,
        name: str,
        words: Words,
        found: Mapping[Spot, NextHop],
        listed: Mapping[Spot, Sequence[Exit]],
    ) -> Box:
        flow, node, spot = self.flow, self.flow.nodes[name], (self.flow.flow, name)
        counts = self.traffic or Traffic(0, {}, {})
        lead, need = found.get(spot), needed(node, self.operations)
        human = "".join(lead.keys) if lead else ""
        return Box(
            *spot,
            kind(node),
            LOOKS[type(node)],
            what=node_purpose(node),
            words=" ".join(words.get(prompt, prompt) for prompt in node_prompts(node)),
            need="" if need == "none" else need,
            start=name in (flow.start, *flow.codes.values()),
            human=human if isinstance(node, nodes.AWAITS_KEY) else None,
            exits=(*self.exits[name], *listed[spot]),
            usual=tuple(self.usual[name]),
            calls=counts.nodes.get(name, 0),
            hung_up=counts.edges.get((name, "hung-up"), 0),
        )


def _codes(book: Book, flow: Flow, node: Node) -> frozenset[str]:
    return codes(book, flow, node) if isinstance(node, nodes.Menu) else frozenset()


def handler(label: str) -> str:
    """The name of a handler's box; no node can have it."""
    return f"{HANDLERS[label].replace('_', '-')}:"


def _gave_up(found: Iterable[Iterable[Edge]]) -> str:
    """The most common gave-up node of a flow; "" if no two are the same."""
    counted = Counter(edge.node for each in found for edge in each if edge.label == "gave-up")
    best = counted.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else ""


def node_prompts(node: Node) -> tuple[str, ...]:
    """The prompts that a node plays when a call comes to it."""
    match node:
        case nodes.Listens():
            return opening(node)
        case (
            nodes.Say()
            | nodes.Hold()
            | nodes.Announce()
            | nodes.Record()
            | nodes.Sms()
            | nodes.End()
        ):
            prompts: tuple[str, ...] = getattr(node, kind(node))
            return prompts
    return ()


def node_purpose(node: Node) -> str:
    """What a node does, besides playing prompts."""
    match node:
        case nodes.Set():
            return ", ".join(f"{name} = {given}" for name, given in node.set.items())
        case nodes.Branch():
            return f"{node.branch}?"
        case nodes.Goto():
            return f"{node.goto} in {node.flow}"
        case nodes.Return():
            return node.return_
        case nodes.Input() | nodes.Record():
            return node.into
        case nodes.Do() | nodes.Hours() | nodes.Queue() | nodes.Dial() | nodes.Language():
            return str(getattr(node, kind(node)))
        case nodes.Call():
            return node.call
        case nodes.Hold():
            return f"{node.wait:g} s"
        case nodes.Menu(each=nodes.Listing() as over):
            return f"each of {over.of}"
    return ""


LOOKS: Mapping[type[Node], Look] = {
    nodes.Say: "tells",
    nodes.Announce: "tells",
    nodes.Sms: "tells",
    nodes.Menu: "asks",
    nodes.Input: "asks",
    nodes.Confirm: "asks",
    nodes.Hold: "asks",
    nodes.Record: "asks",
    nodes.Do: "does",
    nodes.Set: "does",
    nodes.Language: "does",
    nodes.Branch: "decides",
    nodes.Hours: "decides",
    nodes.Queue: "human",
    nodes.Dial: "human",
    nodes.Call: "leads",
    nodes.Goto: "leads",
    nodes.Return: "leads",
    nodes.End: "ends",
}
