"""What an ask is made of: the words and the keys of a node that listens."""

from collections.abc import Mapping

from ivr.model import Book, Flow
from ivr.nodes import Confirm, Input, Listens, Menu
from ivr.wants import Grammar


def opening(node: Listens) -> tuple[str, ...]:
    """The prompts that a node opens with."""
    match node:
        case Menu():
            return node.menu
        case Input():
            return node.input
        case Confirm():
            return node.confirm
    raise TypeError(f"{type(node).__name__} does not listen")


def nth(prompts: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The prompt for the ``count``-th time (from 1); the last one serves for all that follow."""
    return prompts[count - 1 : count] or prompts[-1:]


def choices(flow: Flow, node: Listens) -> Mapping[str, str]:
    """The keys of a menu or a confirm, and what each of them does."""
    if isinstance(node, Menu):
        return node.keys  # the loader put those of always among them
    if isinstance(node, Confirm):
        return {**flow.always, node.yes_key: node.yes, node.no_key: node.no}
    return {}


def escapes(flow: Flow, node: Input) -> frozenset[str]:
    """The keys that lead out of an input: those of ``always`` that can be no part of an answer."""
    return frozenset(key for key in flow.always if not key.isdigit() and key != node.stop)


def codes(book: Book, flow: Flow, node: Listens) -> frozenset[str]:
    """The codes that may be keyed in a node: none where keys are digits, or yes and no."""
    return book.codes if flow.keyed_codes and isinstance(node, Menu) else frozenset()


def grammar(book: Book, flow: Flow, node: Listens) -> Grammar:
    """Which keys answer a node, and how long it waits for them."""
    if not isinstance(node, Input):
        keys = frozenset(choices(flow, node))
        return Grammar(keys, codes(book, flow, node), first=node.wait, between=node.between)
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
    """Whether these are the digits that an input asks for, and nothing else."""
    return digits.isascii() and digits.isdigit() and node.least <= len(digits) <= node.most
