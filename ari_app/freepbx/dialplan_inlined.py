"""What a plain dialplan calls as a subroutine or on a condition, as extensions of its own.

Gosub and Macro of steps that only go straight on, and the application of an ExecIfTime, are
written beside the extension that calls them: from there the call goes on behind the step. The
other steps keep their places, by which Goto finds them.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Final

from msgspec.structs import replace

from ari_app.freepbx.dialplan import Context, Step, application, arguments, branches, nested
from ari_app.freepbx.dialplan_counters import decided
from ari_app.freepbx.dialplan_steps import SILENT_STEPS, Dialplan, Place

DEEPEST: Final = 5
"""How deep subroutines that call others are followed."""

MOST: Final = 2000
"""How many steps are written beside others: each of many callers has them all."""

TOO_MANY: Final = f"is one too many: {MOST} steps of what is called are written out, no more"

_LOOKED_AT: Final = 50 * MOST
"""How many steps are looked at for it, also of subroutines that do not go straight on."""

_RETURNS: Final = {"gosub": "return", "macro": "macroexit"}
"""What goes back to the caller."""

_STRAIGHT: Final = (SILENT_STEPS - {"return"}) | {
    *("playback", "set", "queue", "dial", "voicemail", "hangup"),
}
_CALL: Final = re.compile(r"(.*?)\((.*)\)\s*", re.DOTALL)
_ARGUMENT: Final = re.compile(r"\$\{ARG(\d+)\}")


class _TooManyError(Exception):
    """More steps than may be written or looked at."""


class InlinedDialplan(Dialplan):
    """A dialplan that has extensions for what is called from the steps that calls come to; what
    jumps about stays as it is. ``too_many`` are the steps for which there was no room."""

    def __init__(self, found: Mapping[str, Context]) -> None:
        self._plan = Dialplan(found)
        super().__init__(
            {name: replace(one, extensions=dict(one.extensions)) for name, one in found.items()}
        )
        self.too_many: set[Place] = set()
        self._numbers: dict[tuple[str, str], Iterator[int]] = {}
        self._left, self._unseen = MOST, _LOOKED_AT

    def noticed(self, place: Place) -> Place:
        """As that of a dialplan; what a step there calls is written out."""
        place = super().noticed(place)
        while self._leads_on(place):
            place = super().noticed(place)
        return place

    def written_out(self, at: Place) -> bool:
        """As that of a dialplan."""
        return self._leads_on(at, known=True)

    def _leads_on(self, at: Place, *, known: bool = False) -> bool:
        """Whether a step that calls something was replaced by the way there. ``known``: it is
        known what the condition of an ExecIf is."""
        extensions = self.found[at.context].extensions if at.context in self.found else {}
        steps = extensions.get(at.extension, [])
        if at.step >= len(steps) or at.extension.startswith("_"):
            return False
        step = steps[at.step]
        try:
            parts = self._parts(at, step, known)
        except _TooManyError:
            self.too_many.add(at)
            return False
        if None in parts or not parts:
            return False
        if (at.context, at.extension) not in self._numbers:  # other contexts may have the list, too
            self._numbers[at.context, at.extension] = count(1)
            steps = extensions[at.extension] = [*steps]
        there = [self._written(at, extensions, part) for part in parts if part is not None]
        if step.app in _RETURNS:
            onto = Step("goto", there[0])
        else:
            app = "gotoiftime" if step.app == "execiftime" else "gotoif"
            condition, yes, _ = branches(step.args)
            first = "" if yes else ":"
            onto = Step(app, f"{condition}?{first}{':'.join(there)}")
        steps[at.step] = replace(onto, label=step.label, priority=step.priority)
        return True

    def _written(self, at: Place, extensions: dict[str, list[Step]], part: list[Step]) -> str:
        """Write steps as an extension that comes back behind a place; where a Goto finds it."""
        self._left -= len(part)
        names = (f"{at.extension}-part{each}" for each in self._numbers[at.context, at.extension])
        own = next(name for name in names if name not in extensions)
        self.parts[at.context, own] = at
        behind = extensions[at.extension][at.step].priority + 1
        back = Step("goto", f"{at.context},{at.extension},{behind}")
        extensions[own] = [
            replace(step, priority=number) for number, step in enumerate((*part, back), 1)
        ]
        return f"{at.context},{own},1"

    def _parts(self, at: Place, step: Step, known: bool) -> list[list[Step] | None]:
        """What a step calls, or has in each of its ways; None for what cannot be written out, and
        nothing for a step that has neither. Raises :class:`_TooManyError`."""
        if step.app in _RETURNS:
            return [self._called(at, step, self._left)]
        condition, *ways = branches(step.args)
        known = step.app == "execif" and (known or decided(condition, at.counts) is not None)
        if step.app != "execiftime" and not known:
            return []
        if not self._left:
            raise _TooManyError
        if nested(step):
            return [None]
        found = [application(way) for way in ways[: 2 if known else 1] if way]
        return [[one] if one else None for one in found]

    def _called(self, at: Place, step: Step, most: int, depth: int = 0) -> list[Step] | None:
        """The steps that a step has a call go through, before the one behind it; None if it does
        not, or they do not go straight on. Raises :class:`_TooManyError`."""
        if depth == DEEPEST:
            return None
        place, given = _routine(self._plan, at, step)
        steps, made = self._plan.steps(place), list[Step]()
        if place.step >= len(steps):
            return None
        for number in range(place.step, len(steps)):
            inner = steps[number]
            self._unseen -= 1
            if inner.app == _RETURNS[step.app]:
                break
            if len(made) >= most or self._unseen < 0:
                raise _TooManyError
            own = replace(inner, args=_filled(inner.args, given), label="")
            if own.app in _STRAIGHT:
                made.append(own)
            elif own.app in _RETURNS and (
                deeper := self._called(place, own, most - len(made), depth + 1)
            ):
                made += deeper
            else:
                return None
        else:
            if step.app == "gosub":  # no Return: the call ends there
                made.append(Step("hangup", ""))
        return made or [Step("noop", "")]


def _routine(plan: Dialplan, at: Place, step: Step) -> tuple[Place, list[str]]:
    """Where a subroutine begins, and what it is given."""
    if step.app == "macro":
        name, *given = arguments(step.args)
        return Place(f"macro-{name}", "s"), given
    call = _CALL.fullmatch(step.args)
    target, inside = (call[1], call[2]) if call else (step.args, "")
    return plan.target(at, target), arguments(inside) if inside else []


def _filled(text: str, given: list[str]) -> str:
    """A text with what a subroutine was given; "" for what it was not."""

    def value(found: re.Match[str]) -> str:
        place = int(found[1]) - 1 if len(found[1]) < 3 else -1
        return given[place] if 0 <= place < len(given) else ""

    return _ARGUMENT.sub(value, text)
