"""The rule for charges: what a caller says yes to names the charge."""

from collections.abc import Iterator
from functools import partial

from ivr import nodes
from ivr.analysis.graph import Edge
from ivr.check.context import CheckContext, Finding
from ivr.nodes import Node
from ivr.session import Spot


def unsaid(context: CheckContext) -> Iterator[Finding]:
    """Confirms that a paid operation follows and before which its charge is not said on a path.

    At runtime such a charge is refused, because the caller agreed to other texts.
    """
    graph = context.graph
    for value, operations in _charges(context).items():
        silent = _silent_about(context, value)
        for spot in silent:
            node = graph.nodes[spot]
            if not isinstance(node, nodes.Confirm) or _says(context, node, value):
                continue
            after = graph.reached([(spot[0], node.yes)], partial(_goes_on, context))
            for paid in filter(after.__contains__, operations):
                name = graph.nodes[paid]
                assert isinstance(name, nodes.Do)
                text = f"{name.do} charges {{{value}}}, which is not said before on every path"
                yield context.at(spot), f"{text}: put a prompt with a placeholder for it there"


def _charges(context: CheckContext) -> dict[str, list[Spot]]:
    """The value that is the charge -> the paid operations that take it."""
    found: dict[str, list[Spot]] = {}
    for spot, node in context.graph.nodes.items():
        operation = context.operations.get(node.do) if isinstance(node, nodes.Do) else None
        if isinstance(node, nodes.Do) and operation and operation.charge in node.inputs:
            found.setdefault(node.inputs[operation.charge], []).append(spot)
    return found


def _silent_about(context: CheckContext, value: str) -> dict[Spot, Spot | None]:
    """The nodes that are reached after a question, or once the value is set, without saying it."""
    graph = context.graph

    def passes(spot: Spot, edge: Edge) -> bool:
        node = graph.nodes[spot]
        if isinstance(node, nodes.Branch) and node.branch == value:
            return False  # a charge of nothing may be said in other words
        return not _says(context, node, value) and edge.spot not in graph.asked[spot[0]]

    starts = [
        edge.spot
        for spot, node in graph.nodes.items()
        if isinstance(node, nodes.AWAITS_KEY) or sets(context, node, value)
        for edge in graph.out(spot)
        if edge.spot != spot and edge.spot not in graph.asked[spot[0]]
    ]
    return graph.reached(starts, passes)


def sets(context: CheckContext, node: Node, value: str) -> bool:
    """Whether an operation sets a value."""
    operation = context.operations.get(node.do) if isinstance(node, nodes.Do) else None
    return operation is not None and any(value in each for each in operation.outcomes.values())


def _says(context: CheckContext, node: Node, value: str) -> bool:
    """Whether a node's prompts say a value."""
    match node:
        case nodes.Say(say=prompts) | nodes.Confirm(confirm=prompts):
            return any(value in context.slots.get(prompt, {}) for prompt in prompts)
    return False


def _goes_on(context: CheckContext, spot: Spot, edge: Edge) -> bool:
    """Whether a yes still counts after an edge: in its own flow, until the next question."""
    return edge.flow == spot[0] and not isinstance(context.graph.nodes[spot], nodes.AWAITS_KEY)
