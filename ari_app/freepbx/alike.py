"""Nodes of one step in several rounds of a loop, made one where a call goes on alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ari_app.freepbx.draft import DraftNode, Finding, Plain

_ONE: Final = ("then", "open", "closed", "else", "gave-up", "unanswered")
_MANY: Final = ("on", "keys", "when")
"""Keys of a node that lead to others: each has one, or several."""


def alike(nodes: Mapping[str, DraftNode], copies: Iterable[Sequence[str]]) -> Mapping[str, str]:
    """Node -> the one that stands for it, of groups of nodes that may be alike."""
    first = {name: group[0] for group in copies for name in group}
    number = -1
    while number != (number := len({first.get(name, name) for name in nodes})):
        found: dict[tuple[str, str], str] = {}
        for name in list(first):
            body = repr(_led(nodes[name].body, first)) + repr(nodes[name].notes)
            first[name] = found.setdefault((first[name], body), name)
    return first


def merge(nodes: dict[str, DraftNode], to: Mapping[str, str]) -> None:
    """Take the nodes away that others stand for."""
    for name in [name for name in nodes if to.get(name, name) != name]:
        del nodes[name]
    for node in nodes.values():
        node.body = _led(node.body, to)


def merged(findings: Iterable[Finding], to: Mapping[str, str]) -> list[Finding]:
    """What became of steps, each once, with all its nodes."""
    found: dict[tuple[str, ...], Finding] = {}
    for one in findings:
        key = (one.what, one.name, one.outcome, one.why)
        before = found[key].nodes if key in found else ()
        names = dict.fromkeys((*before, *(to.get(name, name) for name in one.nodes)))
        found[key] = Finding(one.what, one.name, one.outcome, tuple(names), one.why)
    return list(found.values())


def _led(body: Mapping[str, Plain], to: Mapping[str, str]) -> dict[str, Plain]:
    """A body that leads to what stands for its nodes."""

    def led(key: str, value: Plain) -> Plain:
        if isinstance(value, dict) and key in _MANY:
            return {case: to.get(node, node) for case, node in value.items()}
        return to.get(value, value) if isinstance(value, str) and key in _ONE else value

    return {key: led(key, value) for key, value in body.items()}
