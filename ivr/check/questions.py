"""Menus and other questions: keys, waits and second chances."""

from collections.abc import Iterator

from ivr import nodes
from ivr.check.context import CheckContext, Finding
from ivr.key_grammar import choices
from ivr.session import Spot
from ivr.terms import ACTIONS, Is

CHOICES = 9
"""More choices than these nobody keeps in mind."""

ATTEMPTS = 5
HASTY = 2.0
"""Who must look at the phone for the keys needs longer than this (seconds)."""

PER_DIGIT = 0.75
"""How fast practised callers key digits that they read from a paper (seconds)."""


def _listens(context: CheckContext) -> Iterator[tuple[Spot, nodes.Listens]]:
    for spot, node in context.nodes():
        if isinstance(node, nodes.Listens):
            yield spot, node


def slow_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that begin a longer one, so that whoever presses them waits."""
    for spot, node in _listens(context):
        keys = choices(context.flows[spot[0]], node)
        for key in keys:
            longer = [each for each in keys if each != key and each.startswith(key)]
            if longer:
                text = f"whoever presses {key} waits {node.between:g} s, since {longer[0]} is a key"
                yield context.at(spot, Is.KEYS, key), f"{text}, too: let no key begin another"


def crowded(context: CheckContext) -> Iterator[Finding]:
    """Menus with more choices than anybody keeps in mind."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Menu):
            always = context.flows[spot[0]].always
            own = [k for k, to in node.keys.items() if to not in ACTIONS and always.get(k) != to]
            if len(own) > CHOICES:
                text = f"{len(own)} choices are more than anybody keeps in mind"
                yield context.at(spot), f"{text}: at most {CHOICES}; make a menu of the rarer ones"


def many_attempts(context: CheckContext) -> Iterator[Finding]:
    """Questions that are asked again and again."""
    for spot, node in _listens(context):
        if node.attempts > ATTEMPTS:
            text = f"it is asked {node.attempts} times before anybody helps"
            yield context.at(spot), f"{text}: at most {ATTEMPTS} attempts, then to a human"


def idle_attempts(context: CheckContext) -> Iterator[Finding]:
    """Attempts that patience never lets happen."""
    for spot, node in _listens(context):
        patience = context.flows[spot[0]].patience
        if node.attempts > patience:
            text = f"{node.attempts} attempts, and the patience of the flow is {patience}"
            yield context.at(spot), f"{text}: raise `patience`, or lower `attempts`"


def hasty(context: CheckContext) -> Iterator[Finding]:
    """Waits that are over before a hand is at the keys."""
    for spot, node in _listens(context):
        if node.wait < HASTY:
            text = f"after {node.wait:g} s without a key the caller counts as silent"
            yield context.at(spot), f"{text}: wait at least {HASTY:g}s"


def slow_input(context: CheckContext) -> Iterator[Finding]:
    """Inputs that nobody keys in the time that they have."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Input) and node.least * PER_DIGIT > node.total:
            text = f"nobody keys {node.least} digits in {node.total:g} s"
            seconds = node.least * PER_DIGIT * 2
            yield context.at(spot), f"{text}: give it a `total` of {min(seconds, 120):.0f}s"


def unexplained(context: CheckContext) -> Iterator[Finding]:
    """Questions that are put again after a wrong key without saying why."""
    for spot, node in _listens(context):
        if not node.wrong and node.attempts > 1:
            text = "after a wrong key the same is told again, and nobody says why"
            yield context.at(spot), f"{text}: add `wrong` with a word of help"


def no_farewell(context: CheckContext) -> Iterator[Finding]:
    """Flows that ask, and hang up without a word when patience is spent."""
    for flow in context.flows.values():
        asks = any(isinstance(node, nodes.Listens) for node in flow.nodes.values())
        if asks and not flow.farewell:
            text = "when patience is spent the line is cut without a word"
            yield context.head(flow.flow), f"{text}: name an end as `farewell`"


def same_answer(context: CheckContext) -> Iterator[Finding]:
    """Confirms whose answer changes nothing."""
    for spot, node in context.nodes():
        if isinstance(node, nodes.Confirm) and node.yes == node.no:
            text = f"yes and no both lead to {node.yes}"
            yield context.at(spot), f"{text}: lead no elsewhere, or do not ask"


def shadowed(context: CheckContext) -> Iterator[Finding]:
    """Menus in which the key to a human means something else."""
    human = context.graph.human
    for spot, node in context.nodes():
        always = context.flows[spot[0]].always
        for key, usual in always.items() if isinstance(node, nodes.Menu) else ():
            assert isinstance(node, nodes.Menu)
            here, there = (spot[0], node.keys[key]), (spot[0], usual)
            if there in human and human[there].keys == 0 and here in human and human[here].keys:
                text = f"elsewhere {key} leads to a human, and here to {here[1]}"
                yield context.at(spot, Is.KEYS, key), f"{text}: take another key for that"


def endless(context: CheckContext) -> Iterator[Finding]:
    """Inputs that ask again for as long as an operation refuses what was keyed."""
    graph = context.graph
    for spot, node in context.nodes():
        if not isinstance(node, nodes.Input) or any(
            edge.label not in ("then", "silent", "wrong", "gave-up", "farewell", "need")
            for edge in graph.edges[spot]
        ):
            continue
        after = graph.reached(
            [(spot[0], node.then)], lambda at, _: not isinstance(graph.nodes[at], _STOPS)
        )
        if spot in after and any(isinstance(graph.nodes[each], nodes.Do) for each in after):
            text = "it is asked again as often as its answer is refused, and no key leads out"
            yield context.at(spot), f'{text}: count with a branch, or put `"*"` into `always`'


_STOPS = (nodes.Listens, nodes.Branch, nodes.Record, nodes.Queue, nodes.Dial)
"""Nodes after which it is no simple retry any more."""


def no_choice_of_language(context: CheckContext) -> Iterator[Finding]:
    """Lines in several languages where nobody can choose."""
    graph = context.graph
    for flow in context.flows.values():
        if flow.entries and len(flow.languages) > 1:
            reached = graph.reached([(flow.flow, node) for node in flow.entries.values()])
            if not any(isinstance(graph.nodes[each], nodes.Language) for each in reached):
                text = f"it is told in {', '.join(flow.languages)}, and no key changes the language"
                place = context.head(flow.flow, Is.SPOKEN_LANGUAGE, flow.languages[0])
                yield place, f"{text}: lead to a `language`, or keep one language"
