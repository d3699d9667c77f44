"""Rules for menus over the rows of a list."""

from collections.abc import Iterator, Mapping

from ivr import nodes
from ivr.check.context import CheckContext, Finding, prompts
from ivr.key_grammar import list_keys, opening
from ivr.listing import KEY
from ivr.model import row_kinds
from ivr.nodes import Listing, Menu
from ivr.problems import near
from ivr.session import Spot
from ivr.terms import Is


def rows(context: CheckContext) -> Iterator[Finding]:
    """Rows that callers cannot choose, and keys of rows that nothing but a menu has."""
    for spot, node in context.nodes():
        over = node.each if isinstance(node, Menu) else None
        if isinstance(node, Menu) and over is not None:
            yield from _offered(context, spot, node, over)
            yield from _taken(context, spot, over)
        for prompt in dict.fromkeys(prompts(node)):
            for name, row in _lists(context, prompt):
                lacks = KEY in row and KEY not in row_kinds(context.operations, name)
                if lacks and (over is None or over.of != name):
                    text = f"the prompt {prompt} says keys of the rows of {name}"
                    cure = f"play it in a menu with `each: {{ of: {name}, … }}`"
                    yield context.at(spot, Is.PROMPT, prompt), f"{text}, which have none: {cure}"


def _offered(context: CheckContext, spot: Spot, node: Menu, over: Listing) -> Iterator[Finding]:
    """Whether each row is played with its key, which has no other meaning."""
    for key in list_keys(node):
        if key in node.keys:
            text = f"the key {key} is that of a row, or of the next rows"
            yield context.at(spot, Is.KEYS, key), f"{text}: lower `most`, or use another key"
    if over.more_key in over.keys and over.more:
        yield context.at(spot), f"the key {over.more_key} is that of a row: use another `more-key`"
    known = [prompt for prompt in opening(node) if prompt in context.slots]
    played = {prompt: row for prompt in known for name, row in _lists(context, prompt)
              if name == over.of}  # fmt: skip
    if not played and len(known) == len(opening(node)):
        text = f"no prompt of this menu plays the rows of {over.of}"
        yield context.at(spot), f"{text}: put {{{over.of}:each …}} into the text of {known[-1]}"
    declared = row_kinds(context.operations, over.of)
    for prompt, row in played.items():
        place = context.at(spot, Is.PROMPT, prompt)
        if row.get(KEY) != "digits":
            text = f"the rows of {over.of} are played without their keys"
            yield place, f"{text}: put {{{KEY}:digits}} into the text of a row"
        for slot in (row.keys() - {KEY, *declared}) if declared else ():
            yield place, f"the rows of {over.of} have no {slot}: {near(slot, declared)}"


def _taken(context: CheckContext, spot: Spot, over: nodes.Listing) -> Iterator[Finding]:
    declared = row_kinds(context.operations, over.of)
    for value in over.take.values() if declared else ():
        if value not in declared:
            text = f"the rows of {over.of} have no {value}: {near(value, declared)}"
            yield context.at(spot, Is.VALUE, value), text


def _lists(context: CheckContext, prompt: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The lists that a prompt plays, each with the placeholders of its row."""
    for name, kind in context.slots.get(prompt, {}).items():
        sort, _, row = kind.partition(" ")
        if sort == "each":
            yield name, context.slots.get(row, {})
