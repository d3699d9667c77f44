"""Where calls go in a plain dialplan: from step to step, over labels and Goto."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from ari_app.freepbx.dialplan import Context, Step, arguments
from ari_app.freepbx.tables import KEYS
from ari_app.freepbx.texts import whole

SILENT_STEPS: Final = frozenset(
    ("answer", "noop", "verbose", "wait", "ringing", "progress", "resetcdr", "return")
)
"""Applications that callers notice nothing of."""

_RESPONSE: Final = re.compile(r"\s*TIMEOUT\(response\)\s*=\s*(\d+)\s*", re.IGNORECASE)


class Place(NamedTuple):
    """A step of a dialplan."""

    context: str
    extension: str
    step: int = 0


class Dialplan:
    """The contexts of a dialplan, and ways through them."""

    def __init__(self, found: Mapping[str, Context]) -> None:
        self.found = found

    def steps(self, place: Place) -> list[Step]:
        """The steps of the extension of a place; none if it is not there."""
        context = self.found.get(place.context)
        return context.extensions.get(place.extension, []) if context else []

    def noticed(self, place: Place) -> Place:
        """Go on through Goto and steps that callers do not notice, once through each."""
        seen = set()
        while place not in seen:
            seen.add(place)
            steps = self.steps(place)
            if place.step >= len(steps):
                return place
            step = steps[place.step]
            silent = step.app in SILENT_STEPS or (step.app == "set" and not language_of(step))
            if silent:
                place = place._replace(step=place.step + 1)
            elif step.app == "goto" and "${" not in step.args:
                place = self.target(place, step.args)
            else:
                return place
        return place

    def target(self, place: Place, text: str) -> Place:
        """What ``context,extension,priority`` names from a place, as Goto takes it."""
        *before, priority = arguments(text)
        extension = before[-1] if before else place.extension
        context = before[-2] if len(before) > 1 else place.context
        there = Place(context, extension)
        if not priority.isdecimal():  # as Asterisk, which takes no number for a label
            for at, step in enumerate(self.steps(there)):
                if step.label == priority:
                    return there._replace(step=at)
        return there._replace(step=max(whole(priority) - 1, 0))

    def keys(self, context: str) -> dict[str, Place]:
        """The extensions of a context that callers can key."""
        extensions = self.found[context].extensions if context in self.found else {}
        return {key: Place(context, key) for key in sorted(extensions) if KEYS.fullmatch(key)}

    def response(self, place: Place) -> str:
        """The seconds of ``TIMEOUT(response)`` that the extension of a place sets before it; ""
        for none."""
        set_ = [step.args for step in self.steps(place)[: place.step] if step.app == "set"]
        found = [_RESPONSE.fullmatch(each) for each in set_]
        return next((each[1] for each in reversed(found) if each), "")


def language_of(step: Step) -> str:
    """The language that a Set sets, "" if it sets something else."""
    name, _, value = step.args.partition("=")
    if name.strip().upper() not in ("CHANNEL(LANGUAGE)", "LANGUAGE()"):
        return ""
    return value.strip().replace("-", "_").partition("_")[0].lower()
