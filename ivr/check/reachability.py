"""Rules for what callers can reach, and for dead ends."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ivr import nodes
from ivr.check.context import CheckContext, Finding, shortened
from ivr.check.graph import HUMAN
from ivr.session import Spot
from ivr.terms import ACTIONS, Is


def unreachable(context: CheckContext) -> Iterator[Finding]:
    """Nodes that no edge leads to."""
    graph = context.graph
    entries: set[Spot] = set()
    for flow in context.flows.values():
        entries.update((flow.flow, node) for node in (flow.start, *flow.codes.values()))
        entries.update(graph.handlers(flow))
    reached = graph.reached(sorted(entries))
    for spot in graph.nodes:
        if spot not in reached:
            yield context.at(spot), f"nothing leads to {spot[1]}: lead there, or remove it"


def unentered(context: CheckContext) -> Iterator[Finding]:
    """Flows without a number that no other flow enters."""
    for flow in context.flows:
        if flow not in context.graph.entered:
            text = (
                f"no call enters flow {flow}: give it `numbers`, call it from another, or let"
                " campaigns call with it by `outbound: yes`"
            )
            yield context.head(flow), text


def traps(context: CheckContext) -> Iterator[Finding]:
    """Sets of menus without a way out, reported once per set."""
    graph, seen = context.graph, set[Spot]()
    for begun in sorted(graph.trapped, key=context.at):
        if begun in seen:
            continue
        within = [begun]
        seen.add(begun)
        for spot in within:
            around = [edge.spot for edge in graph.out(spot)]
            around += [each for each, _ in graph.before[spot] if each in graph.trapped]
            within += [each for each in dict.fromkeys(around) if each not in seen]
            seen.update(around)
        asked = [each for each in within if isinstance(graph.nodes[each], nodes.Listens)]
        if asked:
            names = _listed([name for _, name in asked])
            text = f"nothing leads out of {names}: let a key lead to an end or a human"
            yield context.at(asked[0]), text


def no_human(context: CheckContext) -> Iterator[Finding]:
    """Menus and inputs from which no human can be reached, reported once per flow."""
    for spots in _asked(context).values():
        lost = [each for each in spots if context.graph.human[each].keys == math.inf]
        if lost:
            names = _listed([name for _, name in lost])
            text = f'no key leads from {names} to a human: put `"0"` to a queue into `always`'
            yield context.at(lost[0]), text


def far_human(context: CheckContext) -> Iterator[Finding]:
    """The menu or input of a flow that is farthest from a human."""
    within = context.standard.within
    for spots in _asked(context).values():
        there = [each for each in spots if context.graph.human[each].keys < math.inf]
        worst = max(there, key=lambda each: context.graph.human[each].keys, default=None)
        if worst is not None and context.graph.human[worst].keys > within:
            keys = context.graph.human[worst].keys
            path = shortened(context.graph.course(worst))
            text = f"from {worst[1]} a human is {keys:g} keys away ({path}): at most {within}"
            yield context.at(worst), f"{text}; give it a key of its own to a human"


def silent_rounds(context: CheckContext) -> Iterator[Finding]:
    """Menus that never end for a caller who cannot press keys, reported once per flow."""
    graph = context.graph
    helped = {spot for spot, node in graph.nodes.items() if isinstance(node, (nodes.End, *HUMAN))}
    waiting = list(helped)
    for spot in waiting:
        for each, edge in graph.before[spot]:
            node = graph.nodes[each]
            left = "unanswered" if isinstance(node, nodes.Menu) and node.unanswered else "gave-up"
            left = "then" if isinstance(node, nodes.Hold) else left
            passive = not isinstance(node, nodes.AWAITS_KEY) or edge.label == left
            if passive and each not in helped:
                helped.add(each)
                waiting.append(each)
    for spots in _asked(context).values():
        lost = [each for each in spots if each not in helped]
        if lost:
            text = f"a caller who presses nothing loops from {_listed([name for _, name in lost])}"
            yield context.at(lost[0]), f"{text}: let `gave-up` lead to a human or an end"


def _asked(context: CheckContext) -> dict[str, list[Spot]]:
    """Flow -> its menus, inputs and confirms, without those in traps."""
    graph = context.graph
    found = defaultdict(list)
    for spot, node in graph.nodes.items():
        if isinstance(node, nodes.Listens) and spot not in graph.trapped:
            found[spot[0]].append(spot)
    return found


def dead_ends(context: CheckContext) -> Iterator[Finding]:
    """First menus without a choice."""
    graph = context.graph
    for start in graph.begun:
        first = graph.reached(
            [start], lambda spot, _: not isinstance(graph.nodes[spot], nodes.AWAITS_KEY)
        )
        for spot in first:
            node = graph.nodes[spot]
            if not isinstance(node, nodes.Menu) or node.each is not None:
                continue
            if set(node.keys.values()) <= {*ACTIONS, spot[1]}:
                text = "the keys of this first menu only lead back to it: give it a choice"
                yield context.at(spot), text


def cut_off(context: CheckContext) -> Iterator[Finding]:
    """Ends without a prompt right after a menu or input."""
    graph = context.graph
    handled = {
        spot
        for flow in context.flows.values()
        for spot in graph.reached([(flow.flow, flow.on_hangup)] if flow.on_hangup else [])
    }
    for end, node in graph.nodes.items():
        if not isinstance(node, nodes.End) or node.end or end in handled:
            continue
        before = [end]
        for spot in before:
            fresh = dict.fromkeys(each for each, _ in graph.before[spot])
            before += [
                each
                for each in fresh
                if each not in before and isinstance(graph.nodes[each], (*_MUTE, *nodes.AWAITS_KEY))
            ]
            if isinstance(graph.nodes[spot], nodes.AWAITS_KEY):
                text = f"after {spot[1]} the call is cut off without a prompt: play good-bye here"
                yield context.at(end), text
                break


_MUTE = (nodes.Branch, nodes.Set, nodes.Hours, nodes.Do, nodes.Sms, nodes.Goto, nodes.Language)
"""Nodes that play nothing."""


def queue_again(context: CheckContext) -> Iterator[Finding]:
    """Queues whose outcome leads straight back into them."""
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Queue):
            continue
        for edge in context.graph.edges[spot]:
            if edge.label not in ("ended", "left") and _to(context, edge.spot) == spot:
                place = context.at(spot, Is.NODE, edge.node)
                text = f"{edge.label} leads straight back into the queue: offer the caller a choice"
                yield place, text
                break


def _to(context: CheckContext, spot: Spot) -> Spot:
    """The node that a node leads to through say nodes only."""
    for _ in context.graph.nodes:
        node = context.graph.nodes.get(spot)
        if not isinstance(node, nodes.Say):
            break
        spot = (spot[0], node.then)
    return spot


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more}"
