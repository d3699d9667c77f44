"""Nodes whose name of a queue, prompt, flow … comes from a value, with all that it may be.

``{ queue: "{department}", one-of: [care, poles], otherwise: support, … }`` is a branch on the value
with a node for each possibility, so that the engine, the check and pictures follow them all.
"""

from collections.abc import Iterator
from typing import TypeGuard

import yaml

from ivr.conditions import REFERENCE

ONE_OF, OTHERWISE = "one-of", "otherwise"

SPREAD = ("queue", "dial", "hours", "say", "call", "sms", "end")
"""The kinds of nodes that may take what they name from a value."""


class ChoiceError(Exception):
    """Possibilities that are missing or of no use; ``node`` is where."""

    def __init__(self, node: yaml.Node, text: str) -> None:
        super().__init__(text)
        self.node = node


def has_choices(value: yaml.Node) -> TypeGuard[yaml.MappingNode]:
    """Whether a node says what a value may be."""
    return any(key == ONE_OF for key, _ in _entries(value))


def spread(name: str, value: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """The nodes that a node stands for, by name; mostly itself. Raises :class:`ChoiceError`."""
    entries = dict(_entries(value))
    kind = next((each for each in SPREAD if each in entries), "")
    reference = _reference(entries[kind][1]) if kind else ""
    if not reference:
        if ONE_OF in entries:
            key = entries[ONE_OF][0]
            raise ChoiceError(key, f"{ONE_OF} says what a value in braces may be: there is none")
        yield name, value
        return
    key, named = entries[kind]
    if ONE_OF not in entries or OTHERWISE not in entries:
        example = f"{ONE_OF}: [a, b], and {OTHERWISE}: the node for all else"
        raise ChoiceError(named, f"{{{reference}}} may be anything here: add {example}")
    words = _words(entries[ONE_OF][1])
    when = [(word, _scalar(f"{name}.{word.value}", word)) for word in words]
    branch = [
        (_scalar("branch", key), _scalar(reference, named)),
        (_scalar("when", key), yaml.MappingNode(_MAP, when, key.start_mark, key.end_mark)),
        (_scalar("else", entries[OTHERWISE][0]), entries[OTHERWISE][1]),
    ]
    yield name, yaml.MappingNode(_MAP, branch, value.start_mark, value.end_mark)
    for word in words:
        kept = [
            (key, _filled(inner, reference, word.value) if key.value == kind else inner)
            for _, (key, inner) in _entries(value)
            if key.value not in (ONE_OF, OTHERWISE)
        ]
        table = yaml.MappingNode(_MAP, kept, value.start_mark, value.end_mark)
        yield f"{name}.{word.value}", table


_MAP = "tag:yaml.org,2002:map"


def _entries(value: yaml.Node) -> Iterator[tuple[str, tuple[yaml.ScalarNode, yaml.Node]]]:
    for key, inner in value.value if isinstance(value, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            yield key.value, (key, inner)


def _scalars(node: yaml.Node) -> list[yaml.ScalarNode]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return [each for each in items if isinstance(each, yaml.ScalarNode)]


def _reference(node: yaml.Node) -> str:
    """The value that what a node names has in braces; "" for none."""
    found = {name for each in _scalars(node) for name in REFERENCE.findall(each.value)}
    if len(found) > 1:
        raise ChoiceError(node, f"only one value may be named here, not {' and '.join(found)}")
    return next(iter(found), "")


def _words(node: yaml.Node) -> list[yaml.ScalarNode]:
    words = _scalars(node)
    if not words or len({each.value for each in words}) < len(words):
        raise ChoiceError(node, f"{ONE_OF} is a list of different words")
    return words


def _scalar(text: str, at: yaml.Node) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, at.start_mark, at.end_mark)


def _filled(node: yaml.Node, reference: str, word: str) -> yaml.Node:
    """What a node names, with a word in place of the value."""
    filled = [
        _scalar(each.value.replace(f"{{{reference}}}", word), each) for each in _scalars(node)
    ]
    if isinstance(node, yaml.SequenceNode):
        return yaml.SequenceNode(node.tag, filled, node.start_mark, node.end_mark)
    return filled[0]
