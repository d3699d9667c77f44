"""What stands in a node fits together, and to what it names."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import returns
from ivr.analysis.loops import loops
from ivr.check.context import CheckContext, Finding, shortened, value_kind
from ivr.check.names import outcomes, taken
from ivr.conditions import COMPARISON
from ivr.problems import near
from ivr.terms import NEEDS, Is


def branches(known: CheckContext) -> Iterator[Finding]:
    """Outcomes after which the call would have nowhere to go."""
    for spot, node in known.nodes():
        if isinstance(node, nodes.Do | nodes.Call) and not node.else_:
            unhandled = [each for each in outcomes(known, node) if each not in node.on]
            if unhandled:
                text = f"no branch for {', '.join(unhandled)}: add them to `on`, or an `else`"
                yield known.at(spot), text


TANGLED = 100_000
"""More ways back from a flow to those that call it are followed too slowly."""


def tangled(known: CheckContext) -> Iterator[Finding]:
    """Flows with so many calls and outcomes that their ways cannot be followed quickly."""
    called = Counter(node.call for _, node in known.nodes() if isinstance(node, nodes.Call))
    for flow, calls in called.items():
        back = len(returns(known.flows[flow])) if flow in known.flows else 0
        if calls * back > TANGLED:
            text = f"flow {flow} is called at {calls} places and has {back} outcomes"
            yield known.head(flow), f"{text}: split it into flows"


def returning(known: CheckContext) -> Iterator[Finding]:
    """Flows that are called and never come back."""
    for spot, node in known.nodes():
        if not isinstance(node, nodes.Call) or node.call not in known.flows or not known.whole:
            continue
        if not returns(known.flows[node.call]):
            text = f"flow {node.call} never returns: give it a `return`, or use goto"
            yield known.at(spot), text


def _signature(known: CheckContext, node: nodes.Node) -> tuple[str, str, Mapping[str, str]] | None:
    """How what a node does is called, the key of its inputs, and what it takes."""
    match node:
        case nodes.Do() if node.do in known.operations:
            return node.do, "inputs", known.operations[node.do].inputs
        case nodes.Call() if node.call in known.flows and known.whole:
            return f"flow {node.call}", "with", known.flows[node.call].inputs
    return None


def inputs(known: CheckContext) -> Iterator[Finding]:
    """Inputs that an operation or a flow does not take, and those that it lacks."""
    for spot, node in known.nodes():
        found = _signature(known, node)
        if found is None:
            continue
        what, key, wanted = found
        given = taken(node)
        for name in given.keys() - wanted.keys():
            yield known.at(spot), f"{what} takes no {name}: {near(name, wanted)}"
        for name in wanted.keys() - given.keys():
            yield known.at(spot), f"{what} needs {name}: add `{key}: {{ {name}: … }}`"
        if isinstance(node, nodes.Call) and node.call in known.flows and known.whole:
            outputs = known.flows[node.call].outputs
            for output in set(node.take.values()) - outputs.keys():
                text = f"flow {node.call} brings no {output}: {near(output, outputs)}"
                yield known.at(spot), text


def kinds(known: CheckContext) -> Iterator[Finding]:
    """Values of another kind than what tells or takes them."""
    for _, mention in known.mentions(Is.PROMPT):
        for slot, kind in known.slots.get(mention.name, {}).items():
            if text := known.unlike(slot, value_kind(kind)):
                yield mention.place, f"the prompt {mention.name} tells {text}"
    for spot, node in known.nodes():
        found = _signature(known, node)
        for name, value in taken(node).items() if found else ():
            if found and name in found[2] and (text := known.unlike(value, found[2][name])):
                yield known.at(spot), f"the input {name} takes {text}"


def keyless(known: CheckContext) -> Iterator[Finding]:
    """Menus without a key."""
    for spot, node in known.nodes():
        if isinstance(node, nodes.Menu) and not node.keys:
            yield known.at(spot), "no key leads out of this menu: give it `keys`"


def lengths(known: CheckContext) -> Iterator[Finding]:
    """Inputs that no digits can be."""
    for spot, node in known.nodes():
        if isinstance(node, nodes.Input) and node.least > node.most:
            yield known.at(spot), f"least ({node.least}) is more than most ({node.most})"


def same_key(known: CheckContext) -> Iterator[Finding]:
    """Confirms in which one key means yes and no."""
    for spot, node in known.nodes():
        if isinstance(node, nodes.Confirm) and node.yes_key == node.no_key:
            text = f"the key {node.yes_key} means yes and no: give no another with `no-key`"
            yield known.at(spot), text


def cases(known: CheckContext) -> Iterator[Finding]:
    """Cases of a branch that never are."""
    for spot, node in known.nodes():
        if not isinstance(node, nodes.Branch):
            continue
        there: Collection[str] = ()
        match node.branch:
            case "caller":
                there = ("known", "unknown")
            case "identity":
                there = NEEDS
            case "language":
                there = sorted({each for flow in known.flows.values() for each in flow.languages})
        for case in node.when if there else ():
            if case not in there or COMPARISON.fullmatch(case):
                place = known.at(spot, Is.CASE, case)
                yield place, f"a {node.branch} is never {case}: write {' or '.join(there)}"


def rounds(known: CheckContext) -> Iterator[Finding]:
    """Circles in which nobody is asked."""
    for circle in loops(known.flows, known.operations):
        way = shortened([name for _, name in (*circle, circle[0])])
        yield known.at(circle[0]), f"nobody is asked in the circle {way}: break it"
