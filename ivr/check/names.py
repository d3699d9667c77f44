"""Rules for names: each must be well-formed and refer to something that exists."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from ivr import nodes
from ivr.analysis.graph import returns
from ivr.check.context import CheckContext, Find, Finding, Mention, Read
from ivr.conditions import IN, REFERENCE, WORDS, is_case
from ivr.digits import KEYS
from ivr.problems import Place, near
from ivr.slips import miswritten
from ivr.speech import languages
from ivr.terms import (
    ACTIONS,
    BRANCH_SUBJECTS,
    DIAL_OUTCOMES,
    KINDS_OF_VALUES,
    QUEUE_OUTCOMES,
    Is,
)

_WORD = re.compile(r"[\w.*#+-]{1,40}")
_NUMBER = re.compile(r"[0-9*#+]{1,32}")
_REPLY = re.compile(r"[^\W\d_][^\W_]*(?:[ '’-][^\W_]+)*")

CHOICES = {
    Is.NODE: "node",
    Is.ENDING: "node",
    Is.KEY_ACTION: "node",
    Is.PROMPT: "prompt in the catalogue named",
    Is.OPERATION: "operation",
    Is.FLOW: "flow",
    Is.BRANCH_SUBJECT: "value or fact of the call named",
    Is.SCHEDULE: "schedule",
    Is.LANGUAGE: "language of this flow named",
    Is.OUTCOME: "outcome here named",
    Is.KIND: "kind of value",
    Is.CODE: "code of this flow named",
}
"""Sorts of names that must exist -> how messages call them."""


_NAMES = (Is.WORD, Is.QUEUE, Is.FLOW_NAME, Is.SCHEDULE_NAME, Is.LIST_NAME, Is.OPERATION_NAME)
"""Sorts of names that are words of their author."""


def bad(context: CheckContext) -> Iterator[Finding]:
    """Malformed names."""
    for what in Is:
        for _, mention in context.mentions(what):
            if text := _misnamed(what, mention.name):
                yield mention.place, text


def _misnamed(what: Is, name: str) -> str:
    match what:
        case Is.KEYS if not name or set(name) - KEYS or len(name) > 20:
            cure = miswritten(name) or "write 0 to 9, * or #, in quotes"
            return f"{name!r} is not a key: {cure}"
        case Is.NUMBER if not _NUMBER.fullmatch(name):
            return f"{name!r} is not a number that can be dialled: write digits, * or #, in quotes"
        case Is.REPLY if len(name) > 40 or not _REPLY.fullmatch(name):
            return f"{name!r} is not a word: write letters, 40 at most"
        case Is.CASE if not (is_case(name) or WORDS.fullmatch(name)):
            example = "a comparison such as < 5, 5 to 10, in vip, or several words: a, b"
            return f"{name!r} is not a case: write a word, {example}"
        case Is.GIVEN if not (REFERENCE.fullmatch(name) or _WORD.fullmatch(name)):
            return f"{name!r} cannot be a value: write a number, a word, or {{name}}"
        case _ if what in _NAMES and not _WORD.fullmatch(name):
            return f"{name!r} is not a name: use letters, digits and -, 40 at most"
    return ""


def unknown(*sorts: Is) -> Find:
    """A rule: names of these sorts must exist."""

    def find(context: CheckContext) -> Iterator[Finding]:
        for each, mention in context.mentions(*sorts):
            there = _there(context, each, mention)
            if there is not None and mention.name not in there:
                text = f"there is no {CHOICES[mention.what]} {mention.name}"
                cure = miswritten(mention.name) or near(mention.name, there)
                if mention.what is Is.PROMPT:
                    cure = _text_or_list(mention.name, there) or cure
                yield mention.place, f"{text}: {cure}"

    return find


def _text_or_list(name: str, there: Collection[str]) -> str:
    """What to write instead of a name that is a text, or several names; "" for any other."""
    several = [each.strip() for each in name.split(",")]
    if len(several) > 1 and all(each in there for each in several):
        return f"several are a list: [{', '.join(several)}]"
    if " " in name:
        return "this is a text: write it into prompts/ under a name, and that name here"
    return ""


def _there(context: CheckContext, each: Read, mention: Mention) -> Collection[str] | None:
    """The names that exist; None if they are unknown, or any name is allowed."""
    match mention.what:
        case Is.NODE | Is.ENDING:
            return each.places
        case Is.KEY_ACTION:
            return each.places.keys() | set(ACTIONS)
        case Is.PROMPT:
            return context.slots
        case Is.OPERATION:
            return context.operation_names
        case Is.FLOW if context.whole:
            return context.flows
        case Is.BRANCH_SUBJECT if context.whole:
            return {*BRANCH_SUBJECTS, *context.brought}
        case Is.SCHEDULE if context.whole:
            return context.schedules
        case Is.LANGUAGE | Is.CODE if each.flow:
            return each.flow.languages if mention.what is Is.LANGUAGE else each.flow.codes
        case Is.KIND:
            return KINDS_OF_VALUES
        case Is.OUTCOME if each.flow and mention.owner in each.flow.nodes:
            return outcomes(context, each.flow.nodes[mention.owner]) or None
    return None


def outcomes(context: CheckContext, node: nodes.Node) -> tuple[str, ...]:
    """The outcomes that a node may have; empty if they are unknown."""
    match node:
        case nodes.Queue():
            return QUEUE_OUTCOMES
        case nodes.Dial():
            return DIAL_OUTCOMES
        case nodes.Call() if node.call in context.flows and context.whole:
            return returns(context.flows[node.call])
        case nodes.Do() if node.do in context.operations:
            return tuple(context.operations[node.do].outcomes)
    return ()


def nodes_there(context: CheckContext) -> Iterator[Finding]:
    """Targets that do not exist, in this flow or in another."""
    yield from unknown(Is.NODE, Is.KEY_ACTION, Is.ENDING)(context)
    for spot, node in context.nodes():
        if isinstance(node, nodes.Goto) and node.flow in context.flows and context.whole:
            there = context.flows[node.flow].nodes
            if node.goto not in there:
                text = f"flow {node.flow} has no node {node.goto}: {near(node.goto, there)}"
                yield context.at(spot), text


def tongues(context: CheckContext) -> Iterator[Finding]:
    """Languages without a voice, or that the flow does not have."""
    for _, mention in context.mentions(Is.SPOKEN_LANGUAGE):
        if mention.name not in languages.known():
            text = f"no voice speaks {mention.name}: {near(mention.name, languages.known())}"
            yield mention.place, text
    yield from unknown(Is.LANGUAGE)(context)


def values(context: CheckContext) -> Iterator[Finding]:
    """Values that nothing sets and that a prompt, an input or a branch uses."""
    yield from unknown(Is.BRANCH_SUBJECT)(context)
    for _, mention in context.mentions(Is.PROMPT):
        for slot in context.slots.get(mention.name, {}):
            if text := context.lacking(slot):
                yield mention.place, f"the prompt {mention.name} uses {text}"
    for spot, node in context.nodes():
        for name, value in taken(node).items():
            if text := context.lacking(value):
                yield context.at(spot), f"the input {name} takes {text}"
        for value in referred(node):
            if text := context.lacking(value):
                yield context.at(spot), f"this takes {text}"


def taken(node: nodes.Node) -> Mapping[str, str]:
    """Input -> value that a node passes to an operation or flow."""
    match node:
        case nodes.Do():
            return node.inputs
        case nodes.Call():
            return node.with_
    return {}


def referred(node: nodes.Node) -> Iterator[str]:
    """The values that a node refers to in braces, or by another key than `inputs` and `with`."""
    given: Iterable[str] = ()
    if isinstance(node, nodes.Menu) and node.each is not None:
        yield node.each.of
    if isinstance(node, nodes.Hours) and node.at:
        yield node.at
    if isinstance(node, nodes.Set):
        given = node.set.values()
    elif isinstance(node, nodes.Queue):
        given = (node.topic,)
    for each in given:
        if found := REFERENCE.fullmatch(each):
            yield found[1]


def lists(context: CheckContext) -> Iterator[Finding]:
    """Lists that a branch looks into and that are not there."""
    for _, mention in context.mentions(Is.CASE):
        named = IN.fullmatch(mention.name)
        if named and context.whole and named[1] not in context.lists.entries:
            cure = near(named[1], context.lists.entries) if context.lists.entries else ""
            cure = cure or f"write a file that begins with `list: {named[1]}`"
            yield mention.place, f"there is no list {named[1]}: {cure}"


def ending(context: CheckContext) -> Iterator[Finding]:
    """Farewells that are not an end."""
    for each, mention in context.mentions(Is.ENDING):
        node = each.flow.nodes.get(mention.name) if each.flow else None
        if node is not None and not isinstance(node, nodes.End):
            text = f"{mention.name} is not an end: name an end, for the caller may be gone"
            yield mention.place, text


def claimed(what: Is, word: str) -> Find:
    """A rule: names of a sort must be unique."""

    def find(context: CheckContext) -> Iterator[Finding]:
        first: dict[str, Place] = {}
        for _, mention in context.mentions(what):
            if mention.owner:  # the number of a dial
                continue
            place = first.setdefault(mention.name, mention.place)
            if place is not mention.place:
                text = f"{word} {mention.name} is used in {place} already: keep one of them"
                yield mention.place, text

    return find
