"""Rules for handlers (on-need, on-hangup, on-error) and for flows that call flows."""

from collections.abc import Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import Edge, returns
from ivr.check.context import CheckContext, Finding, prompts, shortened
from ivr.check.names import referred, taken
from ivr.model import needed
from ivr.session import Spot
from ivr.terms import Is


def needless(context: CheckContext) -> Iterator[Finding]:
    """Nodes with an identity level, in flows without an on-need."""
    for spot, node in context.nodes():
        need = needed(node, context.operations)
        if need != "none" and not _handled(context, spot[0], frozenset()):
            text = f"{spot[1]} needs {need}, but the flow has no on-need: add one"
            yield context.at(spot), text


def _handled(context: CheckContext, flow: str, seen: frozenset[str]) -> bool:
    """Whether a flow has an on-need, or is entered only from flows that have one."""
    if context.flows[flow].on_need:
        return True
    calls = context.graph.entries(flow)
    if flow in seen or not calls or context.flows[flow].entries:
        return False
    return all(_handled(context, call[0], seen | {flow}) for call in calls)


def in_vain(context: CheckContext) -> Iterator[Finding]:
    """Identify flows that cannot prove the caller's identity."""
    for flow in context.flows.values():
        asking = context.flows.get(flow.identify)
        if asking is None or not context.whole:
            continue
        done = [node.do for node in asking.nodes.values() if isinstance(node, nodes.Do)]
        why = ""
        if asking.inputs:
            why = f"has the inputs {', '.join(asking.inputs)}, but identify passes none"
        elif not returns(asking):
            why = "never returns"
        elif not any(
            each in context.operations and context.operations[each].proves for each in done
        ):
            why = "runs no operation that proves the caller's identity"
        if why:
            yield context.head(flow.flow, Is.FLOW, flow.identify), f"flow {flow.identify} {why}"


def unidentified(context: CheckContext) -> Iterator[Finding]:
    """Nodes that need the code word, in flows without an identify."""
    proving = {flow.identify for flow in context.flows.values()}
    for spot, node in context.nodes():
        flow = context.flows[spot[0]]
        asked = flow.identify or flow.flow in proving
        if needed(node, context.operations) == "code-word" and not asked:
            text = f"{spot[1]} needs the code word, but the flow never asks for it"
            yield context.at(spot), f"{text}: give the flow an `identify`"


def hung_up(context: CheckContext) -> Iterator[Finding]:
    """Prompts and menus after a hang-up: the flow ends there, and the rest is not run."""
    heard = (nodes.Say, *nodes.AWAITS_KEY, nodes.Record, nodes.Queue, nodes.Dial)
    for flow in context.flows.values():
        if not flow.on_hangup:
            continue
        within = context.graph.reached(
            [(flow.flow, flow.on_hangup)],
            lambda spot, _: not isinstance(context.graph.nodes[spot], heard),
        )
        for spot in within:
            node = context.graph.nodes[spot]
            if isinstance(node, heard):
                text = (
                    f"on-hangup leads to {spot[1]} (a {nodes.kind(node)}), but the caller is gone"
                )
                place = context.head(flow.flow, Is.NODE, flow.on_hangup)
                yield place, f"{text}: use only operations and messages, and end"
                break


def fragile(context: CheckContext) -> Iterator[Finding]:
    """on-error paths that may fail themselves."""
    for flow in context.flows.values():
        if not flow.on_error:
            continue
        within = context.graph.reached(
            [(flow.flow, flow.on_error)],
            lambda spot, _: not isinstance(context.graph.nodes[spot], _WAITS),
        )
        for spot in within:
            if why := _risk(context, spot):
                place = context.head(flow.flow, Is.NODE, flow.on_error)
                text = f"on-error leads through {spot[1]}, which {why} and may fail as well"
                yield place, f"{text}: let it play a fixed prompt and lead to a queue or an end"
                break


_WAITS = (*nodes.AWAITS_KEY, nodes.Queue, nodes.Dial, nodes.Record, nodes.End)
"""Nodes at which the handling of a fault is complete."""


def _risk(context: CheckContext, spot: Spot) -> str:
    node = context.graph.nodes[spot]
    if isinstance(node, nodes.Do):
        return f"runs {node.do}"
    need = needed(node, context.operations)
    if need != "none":
        return f"needs {need}"
    used = [*taken(node).values(), *referred(node)]
    used += [slot for prompt in prompts(node) for slot in context.slots.get(prompt, {})]
    there = context.brought_to.get(spot)
    return next((f"uses {name}" for name in used if there is None or name not in there.must), "")


def call_cycles(context: CheckContext) -> Iterator[Finding]:
    """Flows that call each other in a cycle."""
    calls = {
        flow: [node.call for node in each.nodes.values() if isinstance(node, nodes.Call)]
        for flow, each in context.flows.items()
    }
    reported: set[str] = set()
    for flow in calls:
        cycle = _cycle(flow, calls)
        if cycle and reported.isdisjoint(cycle):
            reported.update(cycle)
            call = next(
                (flow, name)
                for name, node in context.flows[flow].nodes.items()
                if isinstance(node, nodes.Call) and node.call == cycle[1]
            )
            text = (
                f"these flows call each other for ever: {shortened(cycle)}; use goto, or break it"
            )
            yield context.at(call), text


def _cycle(flow: str, calls: Mapping[str, list[str]]) -> list[str]:
    """The shortest call cycle of a flow; empty if it has none."""
    paths = [[flow, called] for called in dict.fromkeys(calls[flow])]
    seen: set[str] = set()
    for path in paths:
        if path[-1] == flow:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            paths += [[*path, called] for called in calls.get(path[-1], ())]
    return []


def stray_returns(context: CheckContext) -> Iterator[Finding]:
    """Returns that calls reach without a calling flow."""
    graph = context.graph

    def stays(spot: Spot, edge: Edge) -> bool:
        if edge.label == "identify":
            return False
        return edge.label != "call" or not isinstance(graph.nodes[spot], nodes.Call)

    starts = graph.begun + [
        (flow.flow, flow.start)
        for flow in context.flows.values()
        if not graph.entries(flow.flow) and not flow.entries
    ]
    for spot in graph.reached(starts, stays):
        if isinstance(graph.nodes[spot], nodes.Return):
            text = f"callers reach {spot[1]} without a calling flow: use end there"
            yield context.at(spot), f"{text}, or call this flow"
