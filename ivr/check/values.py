"""Rules for values: set on every path to their use, and secrets kept."""

from collections.abc import Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import Edge
from ivr.check.available_values import AGREED, KNOWN, made_by, makes, returns_of
from ivr.check.context import CheckContext, Finding, prompts, shortened
from ivr.check.names import referred, taken
from ivr.nodes import Node
from ivr.session import Spot
from ivr.terms import Is


def used(context: CheckContext, node: Node) -> Iterator[tuple[str, str]]:
    """The values that a node uses, each with what uses it."""
    own = {name for name, _ in makes(node, {})} if isinstance(node, nodes.Announce) else set()
    for prompt in dict.fromkeys(prompts(node)):
        for slot in context.slots.get(prompt, {}):
            if slot not in own:
                yield slot, f"the prompt {prompt} uses"
    for name, value in taken(node).items():
        yield value, f"the input {name} takes"
    for value in referred(node):
        yield value, "this takes"


def unbrought(context: CheckContext) -> Iterator[Finding]:
    """Values that no path to their use sets."""
    for spot, brought in context.brought_to.items():
        for value, what in used(context, context.graph.nodes[spot]):
            if value in context.brought and value not in brought.may:
                text = f"{what} {value}, which nothing on the path here sets"
                yield context.at(spot), f"{text}: set it before"


def sometimes(context: CheckContext) -> Iterator[Finding]:
    """Values that some path to their use does not set."""
    for spot, brought in context.brought_to.items():
        for value, what in used(context, context.graph.nodes[spot]):
            if value in brought.may and value not in brought.must:
                path = shortened(_without(context, spot, value))
                text = f"{what} {value}, which is not set on the path {path}"
                yield context.at(spot), f"{text}: set it on every path, or branch on it"


def _without(context: CheckContext, spot: Spot, value: str) -> list[str]:
    """The nodes of a path to a node on which a value is not set."""
    graph = context.graph

    def lacks(at: Spot, edge: Edge) -> bool:
        there = context.brought_to.get(edge.spot)
        made = made_by(context.operations, graph.nodes[at], edge.label).must
        return there is not None and value not in there.must and value not in made

    starts = [at for at in context.brought_to if value not in context.brought_to[at].must]
    entries = {(flow.flow, flow.start) for flow in context.flows.values()} | set(graph.begun)
    for flow in context.flows.values():
        entries |= set(graph.handlers(flow))
    before = graph.reached([at for at in starts if at in entries], lacks)
    path: list[str] = []
    at: Spot | None = spot
    while at is not None:
        path.append(at[1])
        at = before.get(at)
    return path[::-1]


def unconfirmed(context: CheckContext) -> Iterator[Finding]:
    """Paid operations without a confirm on every path to them."""
    for spot, brought in context.brought_to.items():
        node = context.graph.nodes[spot]
        if not isinstance(node, nodes.Do) or node.do not in context.operations:
            continue
        if context.operations[node.do].costs and AGREED not in brought.must:
            text = f"{node.do} costs the caller money, but is not confirmed"
            yield context.at(spot), f"{text} on every path here: put a `confirm` before"


def stranger_secret(context: CheckContext) -> Iterator[Finding]:
    """Secrets that are asked of unknown callers."""
    for spot, brought in context.brought_to.items():
        node = context.graph.nodes[spot]
        secret = isinstance(node, nodes.Input) and node.secret and node.need == "none"
        if secret and KNOWN not in brought.may:
            text = "a secret is asked of a caller who may be no subscriber"
            yield context.at(spot), f"{text}: add `need: caller`, or branch on the caller before"


def open_secret(context: CheckContext) -> Iterator[Finding]:
    """Secrets that are played or branched on: both would reach the call record."""
    secret = _secrets(context)
    for spot, node in context.nodes():
        mine = secret.get(spot[0], set())
        if isinstance(node, nodes.Branch) and node.branch in mine:
            text = f"the secret {node.branch} would be stored in the call record"
            yield context.at(spot), f"{text}: let an operation compare it"
        for prompt in prompts(node):
            for slot in context.slots.get(prompt, {}):
                if slot in mine:
                    place = context.at(spot, Is.PROMPT, prompt)
                    text = f"the prompt {prompt} plays the secret {slot}"
                    yield place, f"{text}: remove it from the prompt"


def _secrets(context: CheckContext) -> Mapping[str, set[str]]:
    """Flow -> its values that are secrets or copies of secrets."""
    found: dict[str, set[str]] = {flow: set() for flow in context.flows}
    size = -1
    while size != (size := sum(map(len, found.values()))):
        for (flow, _), node in context.nodes():
            mine = found[flow]
            match node:
                case nodes.Input() if node.secret:
                    mine.add(node.into)
                case nodes.Set():
                    mine |= {name for name, given in node.set.items() if given.strip("{}") in mine}
                case nodes.Call() if node.call in found:
                    inside = found[node.call]
                    inside |= {name for name, value in node.with_.items() if value in mine}
                    mine |= {name for name, output in node.take.items() if output in inside}
                case nodes.Goto() if node.flow in found:
                    found[node.flow] |= mine
    return found


def unasked(context: CheckContext) -> Iterator[Finding]:
    """Inputs and recordings that nothing uses."""
    needed = {value for _, node in context.nodes() for value, _ in used(context, node)}
    needed |= {node.branch for _, node in context.nodes() if isinstance(node, nodes.Branch)}
    needed |= {name for flow in context.flows.values() for name in flow.outputs}
    for spot, node in context.nodes():
        if isinstance(node, nodes.Input | nodes.Record) and node.into not in needed:
            text = f"{node.into} is asked for, but nothing uses it"
            yield context.at(spot), f"{text}: pass it to an operation, or do not ask"


def idle_outputs(context: CheckContext) -> Iterator[Finding]:
    """Outputs that a flow declares and never sets."""
    for flow in context.flows.values():
        returns = [spot for spot in returns_of(flow) if spot in context.brought_to]
        for output in flow.outputs if returns else ():
            if not any(output in context.brought_to[spot].may for spot in returns):
                text = f"no path to a return sets {output}: set it, or remove it from `outputs`"
                yield context.head(flow.flow), text
