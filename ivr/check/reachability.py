"""Where callers can get, and where they cannot."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ivr import nodes
from ivr.check.context import CheckContext, Finding, shortened
from ivr.check.graph import HUMAN
from ivr.session import Spot
from ivr.terms import ACTIONS, Is


def unreachable(known: CheckContext) -> Iterator[Finding]:
    """Nodes to which nothing leads, in flows that are entered."""
    graph = known.graph
    entries: set[Spot] = set()
    for flow in known.flows.values():
        entries.update((flow.flow, node) for node in (flow.start, *flow.codes.values()))
        entries.update(graph.handlers(flow))
    reached = graph.reached(sorted(entries))
    for spot in graph.nodes:
        if spot not in reached:
            yield known.at(spot), f"nothing leads to {spot[1]}: lead there, or take it out"


def unentered(known: CheckContext) -> Iterator[Finding]:
    """Flows at which no number begins, and to which no other flow leads."""
    for flow in known.flows:
        if flow not in known.graph.entered:
            text = f"nobody gets into flow {flow}: give it `numbers`, or call it from another"
            yield known.head(flow), text


def traps(known: CheckContext) -> Iterator[Finding]:
    """Menus round and round, told once for each set of them."""
    graph, told = known.graph, set[Spot]()
    for begun in sorted(graph.trapped, key=known.at):
        if begun in told:
            continue
        within = [begun]
        told.add(begun)
        for spot in within:
            around = [way.spot for way in graph.out(spot)]
            around += [each for each, _ in graph.before[spot] if each in graph.trapped]
            within += [each for each in dict.fromkeys(around) if each not in told]
            told.update(around)
        asked = [each for each in within if isinstance(graph.nodes[each], nodes.Listens)]
        if asked:
            names = _listed([name for _, name in asked])
            text = f"nothing leads out of {names}: let a key lead to an end or a human"
            yield known.at(asked[0]), text


def no_human(known: CheckContext) -> Iterator[Finding]:
    """Questions after which no human can be had, told once for each flow."""
    for spots in _asked(known).values():
        lost = [each for each in spots if known.graph.human[each].keys == math.inf]
        if lost:
            names = _listed([name for _, name in lost])
            text = f'no key leads from {names} to a human: put `"0"` to a queue into `always`'
            yield known.at(lost[0]), text


def far_human(known: CheckContext) -> Iterator[Finding]:
    """The question of a flow that is farthest from a human."""
    within = known.standard.within
    for spots in _asked(known).values():
        there = [each for each in spots if known.graph.human[each].keys < math.inf]
        worst = max(there, key=lambda each: known.graph.human[each].keys, default=None)
        if worst is not None and known.graph.human[worst].keys > within:
            keys = known.graph.human[worst].keys
            way = shortened(known.graph.course(worst))
            text = f"from {worst[1]} a human is {keys:g} keys away ({way}): at most {within}"
            yield known.at(worst), f"{text}; give it a key of its own to a human"


def silent_rounds(known: CheckContext) -> Iterator[Finding]:
    """Questions after which a caller who cannot press a key goes round, told once for each flow."""
    graph = known.graph
    helped = {spot for spot, node in graph.nodes.items() if isinstance(node, (nodes.End, *HUMAN))}
    waiting = list(helped)
    for spot in waiting:
        for each, way in graph.before[spot]:
            passive = not isinstance(graph.nodes[each], nodes.Listens) or way.label == "gave-up"
            if passive and each not in helped:
                helped.add(each)
                waiting.append(each)
    for spots in _asked(known).values():
        lost = [each for each in spots if each not in helped]
        if lost:
            text = f"who presses nothing goes round from {_listed([name for _, name in lost])}"
            yield known.at(lost[0]), f"{text}: let `gave-up` lead to a human or an end"


def _asked(known: CheckContext) -> dict[str, list[Spot]]:
    """The nodes of each flow that listen and that callers reach, without those in traps."""
    graph = known.graph
    found = defaultdict(list)
    for spot, node in graph.nodes.items():
        if isinstance(node, nodes.Listens) and spot not in graph.trapped:
            found[spot[0]].append(spot)
    return found


def dead_ends(known: CheckContext) -> Iterator[Finding]:
    """First menus with nothing to choose."""
    graph = known.graph
    for start in graph.begun:
        first = graph.reached(
            [start], lambda spot, _: not isinstance(graph.nodes[spot], nodes.Listens)
        )
        for spot in first:
            node = graph.nodes[spot]
            if isinstance(node, nodes.Menu) and set(node.keys.values()) <= {*ACTIONS, spot[1]}:
                text = "the keys of this first menu only lead back to it: give it a choice"
                yield known.at(spot), text


def cut_off(known: CheckContext) -> Iterator[Finding]:
    """Ends without a word, after nothing was told."""
    graph = known.graph
    handled = {
        spot
        for flow in known.flows.values()
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
                if each not in before and isinstance(graph.nodes[each], (*_MUTE, nodes.Listens))
            ]
            if isinstance(graph.nodes[spot], nodes.Listens):
                text = f"after {spot[1]} the line is cut without a word: tell good-bye here"
                yield known.at(end), text
                break


_MUTE = (nodes.Branch, nodes.Set, nodes.Hours, nodes.Do, nodes.Sms, nodes.Goto, nodes.Language)
"""Nodes through which a caller passes without hearing of them."""


def queue_again(known: CheckContext) -> Iterator[Finding]:
    """Queues whose way out is their way in."""
    for spot, node in known.nodes():
        if not isinstance(node, nodes.Queue):
            continue
        for way in known.graph.ways[spot]:
            if way.label not in ("ended", "left") and _to(known, way.spot) == spot:
                place = known.at(spot, Is.NODE, way.node)
                text = f"{way.label} leads straight back into the queue: offer the caller a choice"
                yield place, text
                break


def _to(known: CheckContext, spot: Spot) -> Spot:
    """Where a spot leads through words alone."""
    for _ in known.graph.nodes:
        node = known.graph.nodes.get(spot)
        if not isinstance(node, nodes.Say):
            break
        spot = (spot[0], node.then)
    return spot


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more}"
