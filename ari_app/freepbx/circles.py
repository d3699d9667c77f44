"""Circles in which a call would never be asked anything: FreePBX goes round for ever, or until the
caller hangs up; menus of ours may not.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from itertools import pairwise
from typing import Final

from ari_app.freepbx.draft import DraftNode, Finding, Plain

CIRCLE: Final = "circle"
"""The node to which a circle leads that was broken."""

SHOWN: Final = 4
"""Of a long circle, how many nodes are named at its beginning, and at its end."""

_WAYS: Final = ("then", "open", "closed", "else", "when")

_WHY: Final = "calls would go round without being asked anything"


def break_circles(nodes: MutableMapping[str, DraftNode], start: str) -> Iterator[Finding]:
    """Lead a step of each circle to the end of the call, and say which they were.

    Where it goes on after a queue, calls that waited there go round again; only those that were not
    let in, or for whom no agent was there, end.
    """
    done: set[str] = set()
    found = list[Finding]()
    for begin in (start, *nodes):
        path = {} if begin in done else {begin: list(_onward(nodes[begin]))}
        while path:
            at = next(reversed(path))
            to = path[at].pop(0) if path[at] else None
            if to is None:
                del path[at]
                done.add(at)
            elif to in path:
                names = list(path)
                round_ = (*names[names.index(to) :], to)
                at, to = _weakest(nodes, round_)
                found.append(_broken(nodes[at], at, to, _named(round_)))
                for name in names[names.index(at) + 1 :]:
                    del path[name]  # other ways may lead there
                path[at] = [one for one in path[at] if one != to]
            elif to not in done:
                path[to] = list(_onward(nodes[to]))
    if found:
        note = f"NOT IMPORTED: {_WHY}."
        nodes[CIRCLE] = DraftNode({"end": ["operator-left", "thanks-bye"]}, [note])
    yield from found


def _named(round_: Sequence[str]) -> str:
    """The nodes of a circle; of a long one its beginning and its end."""
    left = len(round_) - 2 * SHOWN
    some = round_ if left < 2 else (*round_[:SHOWN], f"({left} more)", *round_[-SHOWN:])
    return " -> ".join(some)


def _weakest(nodes: Mapping[str, DraftNode], round_: Sequence[str]) -> tuple[str, str]:
    """The step of a circle that is taken away: the last one from where calls may go elsewhere."""
    steps = list(pairwise(round_))
    choices = [one for one in steps if "then" not in nodes[one[0]].body]
    return (choices or steps)[-1]


def _onward(node: DraftNode) -> Iterator[str]:
    """Where a node leads without a question, a conversation or a wait."""
    body = node.body
    if "menu" in body or "dial" in body:
        return
    for key in _WAYS:
        to = body.get(key, ())
        yield from to.values() if isinstance(to, dict) else [to] if isinstance(to, str) else ()


def _broken(node: DraftNode, at: str, to: str, round_: str) -> Finding:
    body = node.body
    why = f"{_WHY}: here they end after {at}"
    if "queue" in body and isinstance(on := body.get("on"), dict):
        body["on"] = {**on, "timeout": to}
        why = f"{_WHY} where {at} takes none: here these end"
    for key in _WAYS:
        if key in body:
            body[key] = _without(body[key], to)
    node.notes.append(f"NOT IMPORTED: {why}.")
    return Finding(f"Circle {round_}", "", "not imported", (at,), why)


def _without(value: Plain, to: str) -> Plain:
    if isinstance(value, dict):
        return {key: CIRCLE if each == to else each for key, each in value.items()}
    return CIRCLE if value == to else value
