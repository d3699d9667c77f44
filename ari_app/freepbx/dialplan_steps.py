"""Where calls go in a plain dialplan: from step to step, over labels and Goto."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final, NamedTuple

from ari_app.freepbx.dialplan import Context, Step, application, arguments, branches, nested
from ari_app.freepbx.dialplan_counters import LOOPS, Counts, counted, decided, loops, read
from ari_app.freepbx.tables import KEYS
from ari_app.freepbx.texts import whole

SILENT_STEPS: Final = frozenset(
    ("answer", "noop", "verbose", "wait", "ringing", "progress", "resetcdr", "return")
)
"""Applications that callers notice nothing of."""

_TIMEOUT: Final = re.compile(r"\s*TIMEOUT\((\w+)\)\s*=\s*(\d+)\s*", re.IGNORECASE)


FARTHEST: Final = 10_000
"""How many steps are gone through at once while something is counted."""


class Place(NamedTuple):
    """A step of a dialplan, and what the counters are when a call comes to it.

    ``within``: the loops that it is in whose condition is not known: it leaves them at their end.
    """

    context: str
    extension: str
    step: int = 0
    counts: Counts = ()
    within: frozenset[tuple[str, str, int]] = frozenset()

    def beginning(self, extension: str) -> "Place":
        """The first step of an extension of the same context."""
        return self._replace(extension=extension, step=0)


class Dialplan:
    """The contexts of a dialplan, and ways through them."""

    def __init__(self, found: Mapping[str, Context]) -> None:
        self.found = found
        self.parts: dict[tuple[str, str], Place] = {}
        """Contexts and extensions that are written out for a step, and where that step is: they
        come back behind it."""
        self._loops: dict[tuple[str, str], Mapping[int, tuple[int, int]]] = {}

    def steps(self, place: Place) -> list[Step]:
        """The steps of the extension of a place; none if it is not there."""
        context = self.found.get(place.context)
        return context.extensions.get(place.extension, []) if context else []

    def noticed(self, place: Place) -> Place:
        """Go on through Goto, counters, and steps that callers do not notice, once through each."""
        seen, rounds = set(), 0
        while place not in seen and rounds < FARTHEST:
            seen.add(place)
            rounds += bool(place.counts)
            steps = self.steps(place)
            if place.step >= len(steps) or (to := self.passed(place, steps[place.step])) is None:
                return place
            place = to
        return place

    def passed(self, place: Place, step: Step) -> Place | None:
        """Where a step leads that callers do not notice; None for one that they do, or whose way
        is not known."""
        onward = place._replace(step=place.step + 1)
        if step.app in ("set", "mset") and not language_of(step):
            return onward._replace(counts=counted(step, place.counts))
        if step.app in SILENT_STEPS:
            return onward._replace(counts=read(step.args, place.counts))
        if step.app == "goto" and "${" not in step.args:
            return self.target(place, step.args)
        if step.app in ("gotoif", "execif"):
            condition, *ways = branches(step.args)
            if (holds := decided(condition, place.counts)) is None:
                return None
            if not (way := ways[0 if holds else 1]):
                return onward
            if step.app == "gotoif":
                return self.target(place, way)
            inner = None if nested(step) else application(way)
            return self.passed(place, inner) if inner else None
        return self._looped(place, step) if step.app in LOOPS else None

    def _looped(self, place: Place, step: Step) -> Place | None:
        """Where a step of a loop leads; None if that is not known."""
        place = self._calling(place)
        if (ends := self.loop(place)) is None:
            return None
        start, end = (place._replace(step=at) for at in ends)
        own = (place.context, place.extension, start.step)
        behind = end._replace(step=end.step + 1, within=place.within - {own})
        if step.app == "while":
            if (holds := decided(step.args, place.counts)) is None:
                return None
            return start._replace(step=start.step + 1) if holds else behind
        return behind if step.app == "exitwhile" or own in place.within else start

    def _calling(self, place: Place) -> Place:
        """The step for which the extension of a place is written out, else the place itself."""
        of = self.parts.get(place[:2])
        return place._replace(extension=of.extension, step=of.step) if of else place

    def loop(self, place: Place) -> tuple[int, int] | None:
        """The places of the While and the EndWhile of the innermost loop around a place."""
        if place[:2] not in self._loops:
            self._loops[place[:2]] = loops(self.steps(place))
        return self._loops[place[:2]].get(place.step)

    def inside(self, place: Place) -> Place:
        """A place without the loops of its extension that a call has left by a Goto."""
        at, within = self._calling(place), set[tuple[str, str, int]]()
        for own in place.within:
            ends = self.loop(at._replace(step=own[2])) if own[:2] == at[:2] else None
            if ends is None or ends[0] < at.step <= ends[1]:
                within.add(own)
        return place._replace(within=frozenset(within))

    def entered(self, place: Place) -> Place:
        """The first step in a loop whose condition is not known: a call leaves it at its end."""
        own = (place.context, place.extension, place.step)
        return place._replace(step=place.step + 1, within=place.within | {own})

    def written_out(self, _: Place) -> bool:
        """Whether an ExecIf was replaced by a GotoIf to extensions that do what it does."""
        return False

    def target(self, place: Place, text: str) -> Place:
        """What ``context,extension,priority`` names from a place, as Goto takes it. Where no step
        has the label or number, Asterisk ends the call: the place is then one that is not there."""
        *before, priority = arguments(text)
        extension = before[-1] if before else place.extension
        context = before[-2] if len(before) > 1 else place.context
        there = place._replace(context=context, extension=extension, step=0)
        if not (steps := self.steps(there)):
            return there
        if priority.isdecimal():  # as Asterisk, which takes no number for a label
            number = whole(priority)
            at = bisect_left(steps, number, key=lambda step: step.priority)
            found = at < len(steps) and steps[at].priority == number
            found = found or number == steps[-1].priority + 1  # where the extension ends
        else:
            at = next((at for at, step in enumerate(steps) if step.label == priority != ""), -1)
            found = at >= 0
        if found:
            return there._replace(step=at)
        return there._replace(extension=f"{extension},{priority}")

    def keys(self, place: Place) -> dict[str, Place]:
        """The extensions of the context of a place that callers can key."""
        context = self.found.get(place.context)
        names = sorted(context.extensions) if context else ()
        return {key: place.beginning(key) for key in names if KEYS.fullmatch(key)}

    def timeout(self, kind: str, place: Place) -> str:
        """The seconds of ``TIMEOUT(kind)``, of ``response`` or ``digit``, that the extension of a
        place sets before it; "" for none."""
        set_ = [step.args for step in self.steps(place)[: place.step] if step.app == "set"]
        found = [_TIMEOUT.fullmatch(each) for each in set_]
        return next((each[2] for each in reversed(found) if each and each[1].lower() == kind), "")


def language_of(step: Step) -> str:
    """The language that a Set sets, "" if it sets something else."""
    name, _, value = step.args.partition("=")
    if name.strip().upper() not in ("CHANNEL(LANGUAGE)", "LANGUAGE()"):
        return ""
    return value.strip().replace("-", "_").partition("_")[0].lower()
