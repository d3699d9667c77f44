"""Whether the parts of a node fit together, and fit what it names."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import returns
from ivr.analysis.loops import loops
from ivr.check.context import CheckContext, Finding, shortened, value_kind
from ivr.check.names import outcomes, taken
from ivr.conditions import fits
from ivr.problems import near
from ivr.terms import NEEDS, Is


def branches(context: CheckContext) -> Iterator[Finding]:
    """Outcomes without a branch."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Do | nodes.Call) and not node.else_:
            unhandled = [each for each in outcomes(context, node) if each not in node.on]
            if unhandled:
                text = f"no branch for {', '.join(unhandled)}: add them to `on`, or an `else`"
                yield context.at(spot), text


TANGLED = 100_000
"""The most return edges of a flow; more take too long to follow."""


def tangled(context: CheckContext) -> Iterator[Finding]:
    """Flows with too many calls and outcomes to follow."""
    called = Counter(node.call for _, node in context.nodes() if isinstance(node, nodes.Call))
    for flow, calls in called.items():
        back = len(returns(context.flows[flow])) if flow in context.flows else 0
        if calls * back > TANGLED:
            text = f"flow {flow} is called at {calls} places and has {back} outcomes"
            yield context.head(flow), f"{text}: split it into flows"


def returning(context: CheckContext) -> Iterator[Finding]:
    """Flows that are called and never return."""
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Call) or node.call not in context.flows or not context.whole:
            continue
        if not returns(context.flows[node.call]):
            text = f"flow {node.call} never returns: give it a `return`, or use goto"
            yield context.at(spot), text


def _signature(
    context: CheckContext, node: nodes.Node
) -> tuple[str, str, Mapping[str, str]] | None:
    """The name of what a node runs, the key of its inputs, and the inputs."""
    match node:
        case nodes.Do() if node.do in context.operations:
            return node.do, "inputs", context.operations[node.do].inputs
        case nodes.Call() if node.call in context.flows and context.whole:
            return f"flow {node.call}", "with", context.flows[node.call].inputs
    return None


def _optional(context: CheckContext, node: nodes.Node) -> frozenset[str]:
    """The inputs of a node that may be left out."""
    return context.operations[node.do].optional if isinstance(node, nodes.Do) else frozenset()


def inputs(context: CheckContext) -> Iterator[Finding]:
    """Unknown and missing inputs of operations and flows."""
    for spot, node in context.nodes():
        found = _signature(context, node)
        if found is None:
            continue
        what, key, wanted = found
        given = taken(node)
        for name in given.keys() - wanted.keys():
            yield context.at(spot), f"{what} takes no {name}: {near(name, wanted)}"
        for name in wanted.keys() - given.keys() - _optional(context, node):
            yield context.at(spot), f"{what} needs {name}: add `{key}: {{ {name}: … }}`"
        if isinstance(node, nodes.Call) and node.call in context.flows and context.whole:
            outputs = context.flows[node.call].outputs
            for output in set(node.take.values()) - outputs.keys():
                text = f"flow {node.call} has no output {output}: {near(output, outputs)}"
                yield context.at(spot), text


def kinds(context: CheckContext) -> Iterator[Finding]:
    """Values of another kind than the prompt or input that uses them."""
    for _, mention in context.mentions(Is.PROMPT):
        for slot, kind in context.slots.get(mention.name, {}).items():
            if text := context.unlike(slot, value_kind(kind)):
                yield mention.place, f"the prompt {mention.name} uses {text}"
    for spot, node in context.nodes():
        found = _signature(context, node)
        for name, value in taken(node).items() if found else ():
            if found and name in found[2] and (text := context.unlike(value, found[2][name])):
                yield context.at(spot), f"the input {name} takes {text}"
        if isinstance(node, nodes.Hours) and (text := context.unlike(node.at, "moment")):
            yield context.at(spot), f"these hours are looked up at {text}"


def keyless(context: CheckContext) -> Iterator[Finding]:
    """Menus without keys, and questions that are answered by voice alone."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Menu | nodes.Listen) and not node.keys:
            yield context.at(spot), "no key leads out of it: give it `keys`"


def lengths(context: CheckContext) -> Iterator[Finding]:
    """Inputs that no digits can answer."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Input) and node.least > node.most:
            yield context.at(spot), f"least ({node.least}) is more than most ({node.most})"


def same_key(context: CheckContext) -> Iterator[Finding]:
    """Confirms with the same key for yes and no."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Confirm) and node.yes_key == node.no_key:
            text = f"the key {node.yes_key} means yes and no: give no another with `no-key`"
            yield context.at(spot), text


def cases(context: CheckContext) -> Iterator[Finding]:
    """Cases of a branch that never occur."""
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Branch):
            continue
        there: Collection[str] = ()
        match node.branch:
            case "caller" | "line":
                there = ("known", "unknown")
            case "identity":
                there = NEEDS
            case "language":
                there = sorted({each for flow in context.flows.values() for each in flow.languages})
            case value:
                there = context.words_of(value)
        for case in node.when if there else ():
            if not any(fits(case, each, context.lists) for each in there):
                place = context.at(spot, Is.CASE, case)
                yield place, f"{node.branch} is never {case}: write {' or '.join(there)}"


def rounds(context: CheckContext) -> Iterator[Finding]:
    """Loops in which the caller is never asked."""
    for circle in loops(context.flows, context.operations):
        path = shortened([name for _, name in (*circle, circle[0])])
        yield context.at(circle[0]), f"the loop {path} never asks the caller: break it"
