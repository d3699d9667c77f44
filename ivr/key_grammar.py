"""The prompts and the key grammar of menus, inputs and confirms."""

from collections.abc import Mapping

from ivr.model import Book, Flow
from ivr.nodes import Confirm, Input, Listens, Menu
from ivr.wants import Grammar


def opening(node: Listens) -> tuple[str, ...]:
    """The prompts that a node plays first."""
    match node:
        case Menu():
            return node.menu
        case Input():
            return node.input
        case Confirm():
            return node.confirm
    raise TypeError(f"{type(node).__name__} takes no keys")


def nth(prompts: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The prompt for the ``count``-th time (from 1); after the last one, the last one."""
    return prompts[count - 1 : count] or prompts[-1:]


def choices(flow: Flow, node: Listens) -> Mapping[str, str]:
    """Key of a menu or confirm -> its node, ``back`` or ``repeat``."""
    if isinstance(node, Menu):
        return node.keys  # the loader has added those of always
    if isinstance(node, Confirm):
        return {**flow.always, node.yes_key: node.yes, node.no_key: node.no}
    return {}


def list_keys(node: Listens) -> tuple[str, ...]:
    """The keys that rows of a menu's list may have, and the one for the next rows."""
    over = node.each if isinstance(node, Menu) else None
    if over is None:
        return ()
    return (*over.keys, over.more_key) if over.more else over.keys


def consent(node: Listens) -> frozenset[str]:
    """The keys that agree to what is said: the yes of a confirm."""
    return frozenset((node.yes_key,)) if isinstance(node, Confirm) else frozenset()


def escapes(flow: Flow, node: Input) -> frozenset[str]:
    """The keys that leave an input: those of ``always`` that cannot be part of its digits."""
    return frozenset(key for key in flow.always if not key.isdigit() and key != node.stop)


def codes(book: Book, flow: Flow, node: Listens) -> frozenset[str]:
    """The codes that may be keyed in a node: only menus take them."""
    return book.codes if flow.keyed_codes and isinstance(node, Menu) else frozenset()


def grammar(book: Book, flow: Flow, node: Listens) -> Grammar:
    """The keys that answer a node, and its timers."""
    if not isinstance(node, Input):
        keys = frozenset(choices(flow, node))
        closing = "#" if flow.ignore_closing_hash else ""
        return Grammar(
            keys,
            codes(book, flow, node),
            closing=closing,
            first=node.wait,
            between=node.between,
        )
    return Grammar(
        escapes(flow, node),
        least=node.least,
        most=node.most,
        stop=node.stop,
        first=node.wait,
        between=node.between,
        total=node.total,
    )


def answers(node: Input, digits: str) -> bool:
    """Whether ``digits`` are only digits, and as many as the input takes."""
    return digits.isascii() and digits.isdigit() and node.least <= len(digits) <= node.most
