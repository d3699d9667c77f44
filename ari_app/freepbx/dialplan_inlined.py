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

from ari_app.freepbx.dialplan import Context, Step, arguments
from ari_app.freepbx.dialplan_steps import SILENT_STEPS, Dialplan, Place

DEEPEST: Final = 5
"""How deep subroutines that call others are followed."""

MOST: Final = 2000
"""How many steps are written beside others: each of many callers has them all."""

_STRAIGHT: Final = SILENT_STEPS | {
    *("playback", "set", "queue", "dial", "voicemail", "hangup", "macroexit"),
}
_CALL: Final = re.compile(r"(.*?)\((.*)\)\s*", re.DOTALL)
_ARGUMENT: Final = re.compile(r"\$\{ARG(\d+)\}")
_APPLICATION: Final = re.compile(r"\s*(\w+)\s*(?:\((.*)\))?\s*", re.DOTALL)


def inlined(found: Mapping[str, Context]) -> Mapping[str, Context]:
    """The contexts with extensions for what is called; what jumps about stays as it is."""
    plan, made, left = Dialplan(found), {}, MOST
    for name, context in found.items():
        extensions = dict(context.extensions)
        for extension, steps in context.extensions.items():
            for at, step in enumerate(steps):
                called = _called(plan, Place(name, extension, at), step)
                if called is None or len(called) > left or extension.startswith("_"):
                    continue
                left -= len(called)
                own = _free(extensions, extension)
                back = Step("goto", f"{name},{extension},{at + 2}")
                extensions[own] = [*called, back]
                there = f"{name},{own},1"
                onto = _timed(step, there) if step.app == "execiftime" else Step("goto", there)
                extensions[extension] = [
                    replace(onto, label=step.label) if place == at else each
                    for place, each in enumerate(extensions[extension])
                ]
        made[name] = replace(context, extensions=extensions)
    return made


def _free(extensions: Mapping[str, object], extension: str) -> str:
    names = (f"{extension}-part{number}" for number in count(1))
    return next(name for name in names if name not in extensions)


def _timed(step: Step, there: str) -> Step:
    return Step("gotoiftime", f"{arguments(step.args, '?')[0]}?{there}")


def _called(plan: Dialplan, at: Place, step: Step, depth: int = 0) -> list[Step] | None:
    """The steps that a step has a call go through, before the one behind it; None if it does not,
    or they do not go straight on."""
    if step.app == "execiftime":
        _, *rest = arguments(step.args, "?")
        found = _APPLICATION.fullmatch("?".join(rest))
        return [Step(found[1].lower(), found[2] or "")] if found else None
    if step.app not in ("gosub", "macro") or depth == DEEPEST:
        return None
    place, given = _routine(plan, at, step)
    steps = plan.steps(place)
    if place.step >= len(steps):
        return None
    made = list[Step]()
    for inner in _until_return(steps[place.step :]):
        own = replace(inner, args=_filled(inner.args, given), label="")
        if own.app in _STRAIGHT:
            made.append(own)
        elif (deeper := _called(plan, place, own, depth + 1)) and own.app != "execiftime":
            made += deeper
        else:
            return None
    return made or [Step("noop", "")]


def _routine(plan: Dialplan, at: Place, step: Step) -> tuple[Place, list[str]]:
    """Where a subroutine begins, and what it is given."""
    if step.app == "macro":
        name, *given = arguments(step.args)
        return Place(f"macro-{name}", "s"), given
    call = _CALL.fullmatch(step.args)
    target, inside = (call[1], call[2]) if call else (step.args, "")
    return plan.target(at, target), arguments(inside) if inside else []


def _until_return(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        if step.app in ("return", "macroexit"):
            return
        yield step


def _filled(text: str, given: list[str]) -> str:
    """A text with what a subroutine was given; "" for what it was not."""

    def value(found: re.Match[str]) -> str:
        place = int(found[1]) - 1 if len(found[1]) < 3 else -1
        return given[place] if 0 <= place < len(given) else ""

    return _ARGUMENT.sub(value, text)
