"""Rules for names that the site defines: languages, topics, departments, queues and numbers."""

from collections.abc import Collection, Iterator

from ivr import nodes
from ivr.check.context import CheckContext, Finding
from ivr.conditions import REFERENCE, is_case
from ivr.extensions import fits
from ivr.nodes import Node
from ivr.problems import near
from ivr.terms import Is

DEPARTMENT = "department"
"""The value in which an operation brings a department."""


def no_language(context: CheckContext) -> Iterator[Finding]:
    """Flows in no language that the site speaks."""
    spoken = context.standard.site.languages
    for name, flow in context.flows.items():
        if not context.standard.site.spoken(flow.languages):
            text = f"the site speaks none of its languages: add {' or '.join(spoken)}"
            yield context.head(name, Is.SPOKEN_LANGUAGE, flow.languages[0]), text


def unknown_topics(context: CheckContext) -> Iterator[Finding]:
    """Topics that the site does not have."""
    seeds = set()
    for _, node in context.nodes():
        match node:
            case nodes.Queue(topic=given) if found := REFERENCE.fullmatch(given):
                seeds.add(found[1])
            case nodes.Do(inputs={"topic": value}):
                seeds.add(value)
    yield from _unknown(context, "topic", context.standard.site.topics, _copies(context, seeds))


def unknown_queues(context: CheckContext) -> Iterator[Finding]:
    """Queues that the settings do not name; an Asterisk may have others."""
    known = context.standard.site.queues
    for _, mention in context.mentions(Is.QUEUE) if known is not None else ():
        if mention.name not in (known or ()):
            text = f"the settings have no queue {mention.name} ({near(mention.name, known or ())})"
            yield mention.place, f"{text}: name one, or add it to `queues` of [site]"


def unknown_numbers(context: CheckContext) -> Iterator[Finding]:
    """Numbers to dial that no phone, trunk or line of the administrator has."""
    known = context.standard.site.numbers
    for spot, node in context.nodes() if known is not None else ():
        number = node.dial if isinstance(node, nodes.Dial) else "{"
        if "{" not in number and not any(fits(number, each) for each in known or ()):
            yield (
                context.at(spot, Is.NUMBER, number),
                f"nothing here has the number {number}: dial an agent's extension or a "
                "subscriber's number, or have a trunk or extensions_custom.conf dial it",
            )


def unknown_departments(context: CheckContext) -> Iterator[Finding]:
    """Departments that the site does not have."""
    outcomes = (each for one in context.operations.values() for each in one.outcomes.values())
    seeds = {DEPARTMENT} if any(DEPARTMENT in brought for brought in outcomes) else set()
    values = _copies(context, seeds)
    yield from _unknown(context, "department", context.standard.site.departments, values)


def _unknown(
    context: CheckContext, what: str, known: Collection[str] | None, values: Collection[str]
) -> Iterator[Finding]:
    """The names that nodes give to these values, or compare them with, and that are not known."""
    for spot, node in context.nodes() if known is not None else ():
        for sort, name in _named(what, node, values):
            if name not in (known or ()):
                yield (
                    context.at(spot, sort, name),
                    f"the site has no {what} {name} ({near(name, known or ())}): name one, "
                    f"or add it to [{what}s] of the settings",
                )


def _named(what: str, node: Node, values: Collection[str]) -> Iterator[tuple[Is, str]]:
    match node:
        case nodes.Queue(topic=name) if what == "topic" and not REFERENCE.fullmatch(name):
            yield Is.GIVEN, name
        case nodes.Set(set=given):
            for value, name in given.items():
                if value in values and not REFERENCE.fullmatch(name):
                    yield Is.GIVEN, name
        case nodes.Branch(branch=value, when=cases) if value in values:
            for name in cases:
                if not is_case(name):
                    yield Is.CASE, name


def _copies(context: CheckContext, values: Collection[str]) -> frozenset[str]:
    """These values and all that are copied from or to them."""
    pairs: list[tuple[str, str]] = []
    for _, node in context.nodes():
        match node:
            case nodes.Set(set=given):
                found = ((name, REFERENCE.fullmatch(each)) for name, each in given.items())
                pairs += [(name, reference[1]) for name, reference in found if reference]
            case nodes.Call(with_=inputs, take=outputs):
                pairs += [*inputs.items(), *outputs.items()]
    copies = set(values)
    before = 0
    while before != len(copies):
        before = len(copies)
        for pair in pairs:
            if not copies.isdisjoint(pair):
                copies.update(pair)
    return frozenset(copies)
