"""Rules for menus, inputs and confirms: keys, timers and attempts."""

from collections.abc import Iterator

from ivr import nodes
from ivr.analysis.graph import FAILED_INPUT
from ivr.check.context import CheckContext, Finding
from ivr.key_grammar import choices, list_keys
from ivr.session import Spot
from ivr.terms import ACTIONS, Is

ATTEMPTS = 5
HASTY = 2.0
"""The shortest time to look at the phone and press a key (seconds)."""

PER_DIGIT = 0.75
"""How fast practised callers key a digit that they read from paper (seconds)."""


def _listens(context: CheckContext) -> Iterator[tuple[Spot, nodes.Listens]]:
    for spot, node in context.nodes():
        if isinstance(node, nodes.Listens):
            yield spot, node


def slow_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that start a longer one, so that the inter-digit timer delays them."""
    for spot, node in _listens(context):
        keys = {*choices(context.flows[spot[0]], node), *list_keys(node)}
        for key in sorted(keys):
            longer = [each for each in keys if each != key and each.startswith(key)]
            if longer:
                text = (
                    f"the key {key} takes effect after {node.between:g} s only, since {longer[0]}"
                )
                yield (
                    context.at(spot, Is.KEYS, key),
                    f"{text} is a key, too: let no key start another",
                )


def crowded(context: CheckContext) -> Iterator[Finding]:
    """Menus whose prompts name too many choices; ``*`` and ``#`` lead on, and are none."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Menu):
            left_out = {*context.flows[spot[0]].always, *node.unread, "*", "#"}
            read = {key for key, to in node.keys.items() if to not in ACTIONS}
            read = {*read, *list_keys(node)} - left_out
            if len(read) > node.choices:
                text = (
                    f"its prompts name {len(read)} choices: at most {node.choices} are remembered"
                )
                remedy = f"or accept it with `choices: {len(read)}`"
                yield (
                    context.at(spot),
                    f"{text}; make a menu of the rarer ones, whose keys may stay here as `unread`, "
                    f"{remedy}",
                )


def many_attempts(context: CheckContext) -> Iterator[Finding]:
    """Too many attempts."""
    for spot, node in _listens(context):
        if node.attempts > ATTEMPTS:
            text = f"it is asked {node.attempts} times before a human helps"
            yield context.at(spot), f"{text}: at most {ATTEMPTS} attempts, then to a human"


def idle_attempts(context: CheckContext) -> Iterator[Finding]:
    """Attempts that the flow's patience does not allow."""
    for spot, node in _listens(context):
        patience = context.flows[spot[0]].patience
        if node.attempts > patience:
            text = f"{node.attempts} attempts, but the patience of the flow is {patience}"
            yield context.at(spot), f"{text}: raise `patience`, or lower `attempts`"


def hasty(context: CheckContext) -> Iterator[Finding]:
    """First-key timers that are too short."""
    for spot, node in _listens(context):
        if node.wait < HASTY:
            text = f"after {node.wait:g} s without a key the caller counts as silent"
            yield context.at(spot), f"{text}: wait at least {HASTY:g}s"


def slow_input(context: CheckContext) -> Iterator[Finding]:
    """Inputs whose total time is too short for their digits."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Input) and node.least * PER_DIGIT > node.total:
            text = f"{node.least} digits cannot be keyed in {node.total:g} s"
            seconds = node.least * PER_DIGIT * 2
            yield context.at(spot), f"{text}: give it a `total` of {min(seconds, 120):.0f}s"


def unexplained(context: CheckContext) -> Iterator[Finding]:
    """Menus and inputs that are repeated after a wrong key without an explanation."""
    for spot, node in _listens(context):
        if not node.wrong and node.attempts > 1:
            text = "after a wrong key the same prompt is repeated without an explanation"
            yield context.at(spot), f"{text}: add `wrong` with a prompt that helps"


def no_farewell(context: CheckContext) -> Iterator[Finding]:
    """Flows that hang up without a prompt when patience is used up."""
    for flow in context.flows.values():
        asks = any(isinstance(node, nodes.Listens) for node in flow.nodes.values())
        if asks and not flow.farewell:
            text = "when patience is used up the call is cut off without a prompt"
            yield context.head(flow.flow), f"{text}: name an end as `farewell`"


def same_answer(context: CheckContext) -> Iterator[Finding]:
    """Confirms whose yes and no lead to the same node."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Confirm) and node.yes == node.no:
            text = f"yes and no both lead to {node.yes}"
            yield context.at(spot), f"{text}: lead no to another node, or do not ask"


def shadowed(context: CheckContext) -> Iterator[Finding]:
    """Menus that use the key to a human for something else."""
    human = context.graph.human
    for spot, node in context.nodes():
        always = context.flows[spot[0]].always
        for key, usual in always.items() if isinstance(node, nodes.Menu) else ():
            assert isinstance(node, nodes.Menu)
            here, there = (spot[0], node.keys[key]), (spot[0], usual)
            if there in human and human[there].keys == 0 and here in human and human[here].keys:
                text = f"elsewhere {key} leads to a human, and here to {here[1]}"
                yield context.at(spot, Is.KEYS, key), f"{text}: use another key for that"


def endless(context: CheckContext) -> Iterator[Finding]:
    """Inputs that ask again as long as an operation rejects the digits."""
    graph = context.graph
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Input) or any(
            edge.label not in ("then", *FAILED_INPUT, "need") for edge in graph.edges[spot]
        ):
            continue
        after = graph.reached(
            [(spot[0], node.then)], lambda at, _: not isinstance(graph.nodes[at], _STOPS)
        )
        if spot in after and any(isinstance(graph.nodes[each], nodes.Do) for each in after):
            text = "it is asked again as often as its answer is rejected, and no key leads out"
            yield context.at(spot), f'{text}: count with a branch, or put `"*"` into `always`'


_STOPS = (*nodes.AWAITS_KEY, nodes.Branch, nodes.Record, nodes.Queue, nodes.Dial)
"""Nodes after which it is not a simple retry."""


def no_choice_of_language(context: CheckContext) -> Iterator[Finding]:
    """Flows in several languages without a choice of the language."""
    graph = context.graph
    for flow in context.flows.values():
        spoken = context.standard.site.spoken(flow.languages)
        if flow.entries and len(spoken) > 1:
            reached = graph.reached([(flow.flow, node) for node in flow.entries.values()])
            if not any(isinstance(graph.nodes[each], nodes.Language) for each in reached):
                text = f"it has the languages {', '.join(spoken)}, but no key changes them"
                place = context.head(flow.flow, Is.SPOKEN_LANGUAGE, flow.languages[0])
                yield place, f"{text}: lead to a `language`, or keep one language"
