"""The nodes that steps of a plain dialplan become: their names, and which are alike."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Final

from ari_app.freepbx.alike import alike, merge, merged
from ari_app.freepbx.dialplan import Context, arguments
from ari_app.freepbx.dialplan_counters import PRIORITY, forgotten
from ari_app.freepbx.dialplan_inlined import InlinedDialplan
from ari_app.freepbx.dialplan_patterns import unread
from ari_app.freepbx.dialplan_steps import Place
from ari_app.freepbx.draft import DraftNode, Finding

GOODBYE: Final = "goodbye"
TRIES: Final = "attempts of Read"
"""Among the counters of a place: attempts that a Read has left. It stays where no other does."""

MOST_COPIES: Final = 300
"""From how many nodes on, of steps that have one already, nothing is counted any more."""

_UNCOUNTED: Final = (
    f"is lost behind {MOST_COPIES} copies of steps: write the `priority` of queues by hand"
)
_NAME: Final = re.compile(r"[^a-z0-9]+")


class PlainNodes(InlinedDialplan, ABC):
    """A dialplan, and the nodes of the steps that calls come to."""

    def __init__(self, found: Mapping[str, Context]) -> None:
        super().__init__(found)
        self.nodes: dict[str, DraftNode] = {}
        self.findings: list[Finding] = []
        self._named: dict[Place, str] = {}
        self._steps = set[tuple[str, str, int]]()
        """The places that have a node, whatever is counted there."""
        self._uncounted = False
        """Whether the priority of a call was lost, since there are too many copies."""
        self._waiting: list[tuple[str, Place]] = []

    @abstractmethod
    def made(self, name: str, place: Place) -> DraftNode:
        """The node of a step."""

    def finish(self) -> None:
        """Make all nodes that are waiting."""
        while self._waiting:
            name, place = self._waiting.pop(0)
            self.nodes[name] = self.made(name, place)

    def made_one(self, begin: str) -> str:
        """Make nodes of one step one where calls go on alike; the node at which they begin."""
        copies: dict[tuple[str, str, int], list[str]] = {}
        for place, name in self._named.items():
            copies.setdefault(place[:3], []).append(name)
        to = alike(self.nodes, [group for group in copies.values() if len(group) > 1])
        merge(self.nodes, to)
        self.findings = merged(self.findings, to)
        return to.get(begin, begin)

    def left_out(self) -> Iterator[Finding]:
        """What cannot be read of the contexts that calls come to."""
        for context in dict.fromkeys(place.context for place in self._named):
            for what, why in unread(self.found, context):
                yield Finding(what, "", "not imported", (), why)
        if self._uncounted:
            yield Finding(f"Set({PRIORITY})", "", "not imported", (), _UNCOUNTED)

    def node(self, place: Place) -> str:
        """The node of the first step from a place on that callers notice."""
        if len(self._named) - len(self._steps) >= MOST_COPIES:
            self._uncounted |= bool(dict(place.counts).get(PRIORITY))
            tries = tuple(each for each in place.counts if each[0] == TRIES)
            place = place._replace(counts=tries, within=frozenset())
        place = self.inside(self.noticed(self.inside(place)))
        steps = self.steps(place)
        if place.step < len(steps) and steps[place.step].app == "read":
            variable = arguments(steps[place.step].args)[0]
            place = place._replace(counts=forgotten(variable, place.counts))
        if place not in self._named:
            if place.step < len(steps) and steps[place.step].app == "hangup":
                return self.goodbye()
            parts = [place.context, place.extension, str(place.step) if place.step else ""]
            base = _NAME.sub("-", "-".join(filter(None, parts)).lower()).strip("-") or "step"
            others = (f"{base}-{number}" for number in count(2))
            name = next(each for each in chain((base,), others) if each not in self.nodes)
            self._named[place] = name
            self._steps.add(place[:3])
            self.nodes[name] = DraftNode({}, [])
            self._waiting.append((name, place))
        return self._named[place]

    def goodbye(self) -> str:
        """The node at which a call is hung up."""
        self.nodes.setdefault(GOODBYE, DraftNode({"end": "thanks-bye"}, []))
        return GOODBYE
