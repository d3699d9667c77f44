"""The rule for texts: one with an amount of the moment is not read days later as of now."""

from collections.abc import Iterator

from ivr import nodes
from ivr.check.charges import sets
from ivr.check.context import CheckContext, Finding
from ivr.session import Spot


def ageing(context: CheckContext) -> Iterator[Finding]:
    """Texts without ``valid`` that have a value of an operation whose values age."""
    reached = {value: _reached(context, value) for value in _values(context)}
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Sms) or node.valid:
            continue
        slots = {slot for prompt in node.sms for slot in context.slots.get(prompt, {})}
        for value in sorted(slots & reached.keys()):
            if spot in reached[value]:
                text = f"the text has {{{value}}}, which is of the moment, and has no `valid`"
                cure = "with `valid: 1h` it begins with its time and is not sent after an hour"
                yield context.at(spot), f"{text}: {cure}"
                break


def _values(context: CheckContext) -> set[str]:
    ageing = (each for each in context.operations.values() if each.ages)
    found = {value for each in ageing for values in each.outcomes.values() for value in values}
    return found | {"announcements"}


def _reached(context: CheckContext, value: str) -> dict[Spot, Spot | None]:
    """The nodes that are reached with a value that ages."""
    graph = context.graph

    def ages(node: nodes.Node) -> bool:
        if isinstance(node, nodes.Announce):
            return value == "announcements"
        operation = context.operations.get(node.do) if isinstance(node, nodes.Do) else None
        return operation is not None and operation.ages and sets(context, node, value)

    starts = [
        edge.spot for spot, node in graph.nodes.items() if ages(node) for edge in graph.out(spot)
    ]
    return graph.reached(starts, lambda spot, _: not sets(context, graph.nodes[spot], value))
