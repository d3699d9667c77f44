"""Menus over the rows of a list: the rows that a caller hears now, each with a key."""

from collections.abc import Mapping

from msgspec.structs import replace

from ivr.draft import Draft, FlowError
from ivr.nodes import Listens, Listing, Menu
from ivr.values import Digits, Phrase, Rows, Values

KEY = "key"
"""The placeholder of a row's prompt that says the key of the row: ``{key:digits}``."""


def listing(node: Listens) -> Listing | None:
    """What a menu says of the list that it is over; None for any other node."""
    return node.each if isinstance(node, Menu) else None


def rows(draft: Draft, over: Listing) -> tuple[Values, ...]:
    """All rows of the list; raises :class:`FlowError` if there is no list."""
    value = draft.value(over.of)
    if not isinstance(value, Rows):
        raise FlowError(f"{draft.session.node} is over {over.of}, which is no list")
    return value.rows


def offered(draft: Draft, node: Listens) -> Mapping[str, Values]:
    """Key -> its row, of those that the caller hears now."""
    over = listing(node)
    if over is None:
        return {}
    first = draft.session.page * over.most
    return dict(zip(over.keys, rows(draft, over)[first : first + over.most], strict=False))


def further(draft: Draft, node: Listens) -> Listing | None:
    """The listing of a menu, if there are rows after those that the caller hears now."""
    over = listing(node)
    if over is None or not over.more:
        return None
    return over if len(rows(draft, over)) > (draft.session.page + 1) * over.most else None


def keys(draft: Draft, node: Listens) -> frozenset[str]:
    """The keys that rows have now, and the one for the next rows."""
    more = further(draft, node)
    return frozenset((*offered(draft, node), *([more.more_key] if more else ())))


def phrases(draft: Draft, node: Listens, prompts: tuple[str, ...]) -> tuple[Phrase, ...]:
    """What a node asks: a list has the rows of now, with their keys, and how to hear more."""
    over, more = listing(node), further(draft, node)
    if over is None:
        return draft.phrases(prompts)
    played = Rows(tuple({**row, KEY: Digits(key)} for key, row in offered(draft, node).items()))
    return tuple(
        replace(each, values={**each.values, over.of: played}) if over.of in each.values else each
        for each in draft.phrases((*prompts, *(more.more if more else ())))
    )
