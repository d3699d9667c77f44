"""What callers key into the variable of a Read, and where each of that leads."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from ari_app.freepbx.dialplan import Step, arguments, branches
from ari_app.freepbx.dialplan_counters import counted, forgotten
from ari_app.freepbx.dialplan_steps import SILENT_STEPS, Dialplan, Place, language_of
from ari_app.freepbx.tables import KEYS

Entries: TypeAlias = tuple[dict[str, Place], Place]
"""Where each of what can be keyed leads, and where all else does."""

_GOTO: Final = re.compile(r"\s*goto\((.*)\)\s*", re.IGNORECASE)
_CALLER: Final = re.compile(
    r"\$\[\s*\"?\$\{CALLERID\(num(?:ber)?\)\}\"?\s*=+\s*\"?(\+?[0-9]{3,20})\"?\s*\]", re.IGNORECASE
)
_ENTRY: Final = re.compile(r"\$\[\s*\"?\$\{(\w+)\}\"?\s*=+\s*\"?([0-9*#]+)\"?\s*\]")


def entries(plan: Dialplan, variable: str, at: Place) -> Entries | None:
    """What the steps behind a Read compare its variable with, up to a Goto that dials it; None if
    they do neither."""
    steps = plan.steps(at)
    found: dict[str, Place] = {}
    at = at._replace(counts=forgotten(variable, at.counts))
    for step in range(at.step, len(steps)):
        place, one = at._replace(step=step), steps[step]
        if one.app == "goto" and _value(variable) in one.args:
            keys, wrong = _dialled(plan, variable, place, one.args)
            return (keys | found, wrong) if keys else None
        if one.app in SILENT_STEPS:
            continue
        if one.app in ("set", "mset") and not language_of(one):
            at = at._replace(counts=counted(one, at.counts))
            continue
        if (ways := _ways(one, variable)) is None:
            return (found, place) if found else None
        key, yes, no = ways
        if yes:
            found.setdefault(key, plan.target(place, yes.replace(_value(variable), key)))
        if no:
            found.setdefault(key, place._replace(step=place.step + 1))
            return found, plan.target(place, no)
    return (found, at._replace(step=len(steps))) if found else None


def _value(variable: str) -> str:
    return f"${{{variable}}}"


def _ways(step: Step, variable: str) -> tuple[str, str, str] | None:
    """What a step compares the variable with, and where it goes if that is keyed, and if not; ""
    for the next step."""
    if step.app not in ("gotoif", "execif"):
        return None
    condition, *ways = branches(step.args)
    entry = _ENTRY.fullmatch(condition)
    if entry is None or entry[1] != variable:
        return None
    if step.app == "execif":
        goto = [_GOTO.fullmatch(each) for each in ways if each]
        if not ways[0] or None in goto:
            return None
        ways = [each[1] for each in goto if each]
    yes, no = [*ways, ""][:2]
    return entry[2], yes, no


def _dialled(plan: Dialplan, variable: str, at: Place, text: str) -> tuple[dict[str, Place], Place]:
    """Where a Goto leads whose context or extension has the variable in it."""
    *before, _ = arguments(text)
    extension = before[-1] if before else at.extension
    context = before[-2] if len(before) > 1 else at.context
    value, none = _value(variable), at._replace(step=len(plan.steps(at)))
    names, part = (
        (plan.found, context)
        if value in context
        else (plan.found[context].extensions if context in plan.found else (), extension)
    )
    found = dict[str, Place]()
    for key in sorted(_keyed(names, *part.partition(value))):
        to = plan.target(at, text.replace(value, key))
        if to.step < len(plan.steps(to)):
            found[key] = to
    wrong = at._replace(context=context).beginning("i")
    return found, wrong if plan.steps(wrong) else none


def _keyed(names: Iterable[str], before: str, value: str, after: str) -> Iterator[str]:
    """What has to be keyed for each of the names, where a variable stands between two texts."""
    around = len(before) + len(after)
    for name in names if value else ():
        if len(name) > around and name.startswith(before) and name.endswith(after):
            key = name[len(before) : len(name) - len(after)]
            if KEYS.fullmatch(key):
                yield key


def caller(step: Step) -> tuple[str, str, str] | None:
    """The number that a GotoIf compares that of the caller with, and where it goes if it is the
    same, and if not; "" for the next step. None if it compares something else."""
    condition, yes, no = branches(step.args)
    found = _CALLER.fullmatch(condition)
    return (found[1], yes, no) if found else None
