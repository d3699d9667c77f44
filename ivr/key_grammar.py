"""The prompts and the key grammar of menus, inputs and confirms."""

from collections.abc import Mapping

from ivr.model import Book, Flow
from ivr.nodes import Confirm, Input, Listen, Listens, Menu
from ivr.speech_grammar import SpeechGrammar, speech_grammar
from ivr.terms import SAID
from ivr.wants import Grammar


def opening(node: Listens) -> tuple[str, ...]:
    """The prompts that a node plays first."""
    match node:
        case Menu():
            return node.menu
        case Listen():
            return node.listen
        case Input():
            return node.input
        case Confirm():
            return node.confirm
    raise TypeError(f"{type(node).__name__} takes no keys")


def nth(prompts: tuple[str, ...], count: int) -> tuple[str, ...]:
    """The prompt for the ``count``-th time (from 1); after the last one, the last one."""
    return prompts[count - 1 : count] or prompts[-1:]


def choices(flow: Flow, node: Listens) -> Mapping[str, str]:
    """Key of a menu or confirm, or edge of a ``listen`` -> its node, ``back`` or ``repeat``."""
    if isinstance(node, Listen):
        return {**node.keys, **{f"{SAID}{target}": target for target in node.phrases}}
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
        keys = _pressed(flow, node)
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


def _pressed(flow: Flow, node: Listens) -> frozenset[str]:
    return frozenset(node.keys if isinstance(node, Listen) else choices(flow, node))


def hears(flow: Flow, node: Listens, language: str, more: frozenset[str]) -> SpeechGrammar | None:
    """What may be said in a node; ``more`` are the keys of the rows of its list."""
    return speech_grammar(node, _pressed(flow, node) | more, language)


def answers(node: Input, digits: str) -> bool:
    """Whether ``digits`` are only digits, and as many as the input takes."""
    return digits.isascii() and digits.isdigit() and node.least <= len(digits) <= node.most
