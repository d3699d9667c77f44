"""Coverage: which nodes and edges of the flows a set of calls went through."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from ivr import nodes
from ivr.analysis.graph import edges_from
from ivr.draft import Step
from ivr.key_grammar import codes
from ivr.model import Book, Flow
from ivr.session import Session, Spot

EdgeKey = tuple[str, str, str]
"""Flow, node and label of an edge; the node is "" for a handler or a code of the flow."""

_HANDLERS: Mapping[str, str] = {"hung-up": "on_hangup", "error": "on_error"}
"""Labels of edges that a handler of the flow provides -> the handler."""

_NEEDS = ("identify", "need")

_SILENT_KINDS = (nodes.Branch, nodes.Set, nodes.Goto, nodes.Return, nodes.Call)
_ACTIONS = (nodes.Do, nodes.Hours, nodes.Announce, nodes.Sms)


class Covered(Struct, frozen=True):
    """The covered and missed nodes and edges of a flow, in the order of the flow."""

    flow: str
    nodes: tuple[str, ...]
    edges: tuple[EdgeKey, ...]
    missed_nodes: tuple[str, ...]
    missed: tuple[EdgeKey, ...]

    @property
    def percent(self) -> float:
        """Covered edges in percent; 100 for a flow without edges."""
        total = len(self.edges) + len(self.missed)
        return 100 * len(self.edges) / total if total else 100.0


def edge_keys(book: Book, flow: Flow) -> tuple[EdgeKey, ...]:
    """All edges of a flow: those of its nodes, its handlers, and its codes keyed in a menu.

    The identity check of an operation is a safety net, for flows ask before: it is not counted.
    """
    return (
        *(
            (flow.flow, name, way.label)
            for name, node in flow.nodes.items()
            for way in edges_from(book.flows, book.operations, (flow.flow, name))
            if node.need != "none" or way.label not in _NEEDS
        ),
        *((flow.flow, "", handler) for handler in _handlers(flow)),
        *((flow.flow, "", code) for code in _keyed(book, flow)),
    )


def _handlers(flow: Flow) -> Iterator[str]:
    """The handlers of a flow that a call can reach."""
    met = any(
        not isinstance(node, _SILENT_KINDS) and not (isinstance(node, nodes.Say) and node.barge_in)
        for node in flow.nodes.values()
    )
    if flow.on_hangup and met:
        yield "on-hangup"
    if flow.on_error and any(isinstance(node, _ACTIONS) for node in flow.nodes.values()):
        yield "on-error"


def _keyed(book: Book, flow: Flow) -> Iterator[str]:
    """The codes of a flow, if any menu accepts codes."""
    if any(
        codes(book, each, node)
        for each in book.flows.values()
        for node in each.nodes.values()
        if isinstance(node, nodes.Menu)
    ):
        yield from (code for code in flow.codes if code in book.codes)


def coded(book: Book, step: Step) -> Flow | None:
    """The flow that a step entered by a keyed code; None for other steps."""
    node = book.flows[step.flow].nodes[step.node]
    if step.way in book.codes and isinstance(node, nodes.Menu) and step.way not in node.keys:
        return book.answering(step.way)
    return None


def edges_taken(book: Book, before: Session, steps: Collection[Step]) -> Iterator[EdgeKey]:
    """The edges that steps took; ``before`` is the session before them."""
    for step in steps:
        begun = coded(book, step)
        if begun is not None:
            yield begun.flow, "", step.way
            continue
        handler = _HANDLERS.get(step.way)
        if handler is None:
            yield step.flow, step.node, step.way
            continue
        for flow in (step.flow, *(frame.flow for frame in reversed(before.frames))):
            if getattr(book.flows[flow], handler):
                yield flow, "", handler.replace("_", "-")
                break


def covered(
    book: Book, gone: Collection[EdgeKey], visited: Collection[Spot]
) -> tuple[Covered, ...]:
    """The coverage of each flow by calls that took these edges and visited these nodes."""
    return tuple(
        Covered(
            flow.flow,
            tuple(name for name in flow.nodes if (flow.flow, name) in visited),
            tuple(edge for edge in edge_keys(book, flow) if edge in gone),
            tuple(name for name in flow.nodes if (flow.flow, name) not in visited),
            tuple(edge for edge in edge_keys(book, flow) if edge not in gone),
        )
        for flow in book.flows.values()
    )
