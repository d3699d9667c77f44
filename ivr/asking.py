"""What an ask is made of: the words and the keys of a node that listens."""

from ivr.model import Flow, Input, Menu
from ivr.wants import Grammar


def opening(node: Menu | Input) -> tuple[str, ...]:
    """The prompts that a node opens with."""
    return node.menu if isinstance(node, Menu) else node.input


def nth(prompts: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The prompt for the ``count``-th time (from 1); the last one serves for all that follow."""
    return prompts[count - 1 : count] or prompts[-1:]


def escapes(flow: Flow, node: Input) -> frozenset[str]:
    """The keys that lead out of an input: those of ``always`` that can be no part of an answer."""
    return frozenset(key for key in flow.always if not key.isdigit() and key != node.stop)


def grammar(flow: Flow, node: Menu | Input) -> Grammar:
    """Which keys answer a node, and how long it waits for them."""
    if isinstance(node, Menu):
        return Grammar(frozenset(node.keys), first=node.wait, between=node.between)
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
