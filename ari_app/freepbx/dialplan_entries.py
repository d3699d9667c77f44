"""What callers key into the variable of a Read, and where each of that leads."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from ari_app.freepbx.dialplan import Step, arguments, branches
from ari_app.freepbx.dialplan_counters import counted, forgotten
from ari_app.freepbx.dialplan_steps import FARTHEST, Dialplan, Place
from ari_app.freepbx.tables import KEYS

Entries: TypeAlias = tuple[dict[str, Place], Place]
"""Where each of what can be keyed leads, "" for nothing, and where all else does."""

_GOTO: Final = re.compile(r"\s*goto\((.*)\)\s*", re.IGNORECASE)
_CALLER: Final = re.compile(
    r'\$\[\s*("?)\$\{CALLERID\(num(?:ber)?\)\}\1\s*==?\s*\1(\+?[0-9]{3,20})\1\s*\]', re.IGNORECASE
)
_BRACKET: Final = re.compile(r"\s*\$\[(.*)\]\s*")
# Quotes stand around both or none: else they are never the same (main/ast_expr2.y of Asterisk).
_ENTRY: Final = re.compile(
    r'\s*("?)(x?)\$\{(?P<name>\w+)\}\1\s*(?:==?|!=)\s*\1\2(?P<key>[0-9*#]*)\1\s*', re.IGNORECASE
)
_NOTHING: Final = re.compile(r'\s*("?)\$\{LEN\(\$\{(?P<name>\w+)\}\)\}\1\s*==?\s*\1(?P<key>)0\1\s*')


def entries(plan: Dialplan, variable: str, at: Place) -> Entries | None:
    """What the steps behind a Read compare its variable with, up to a Goto that dials it; None if
    they do neither."""
    found: dict[str, Place] = {}
    place, seen = at._replace(counts=forgotten(variable, at.counts)), set[Place]()
    while place not in seen and len(seen) < FARTHEST and place.step < len(plan.steps(place)):
        seen.add(place)
        one, onward = plan.steps(place)[place.step], place._replace(step=place.step + 1)
        if _changes(one, variable):
            break
        if one.app == "goto" and _value(variable) in one.args:
            keys, wrong = _dialled(plan, variable, place, one.args)
            return (keys | found, wrong) if keys else None
        if (passed := plan.passed(place, one)) is not None:
            place = passed
        elif ways := _ways(plan, place, variable):
            keyed, yes, no = ways
            for key in keyed:
                to = plan.target(place, yes.replace(_value(variable), key)) if yes else onward
                comes_back = to[:2] in plan.parts  # to steps that compare the same variable
                found.setdefault(key, _keyed_in(to, variable, key) if comes_back else to)
            place = plan.target(place, no) if no else onward
        else:
            break
    return (found, place) if found else None


def _changes(step: Step, variable: str) -> bool:
    """Whether a step makes another text of what was keyed, which is no number that is followed."""
    sets = arguments(step.args) if step.app == "mset" else [step.args] * (step.app == "set")
    names = (each.partition("=")[0].strip().lstrip("_") for each in sets)
    return variable in names and variable not in dict(counted(step, ()))


def _keyed_in(to: Place, variable: str, key: str) -> Place:
    """A place with what was keyed, if it is a number that is followed."""
    step = Step("set", f"{variable}={key}")
    return to._replace(counts=counted(step, to.counts)) if key else to


def _value(variable: str) -> str:
    return f"${{{variable}}}"


def _ways(plan: Dialplan, at: Place, variable: str) -> tuple[list[str], str, str] | None:
    """What a step compares the variable with, and where it goes if that is keyed, and if not; ""
    for the next step, and for nothing keyed."""
    step = plan.steps(at)[at.step]
    condition, *ways = branches(step.args)
    if step.app not in ("gotoif", "execif") or (keyed := _keys(condition, variable)) is None:
        return None
    if step.app == "execif":
        goto = [_GOTO.fullmatch(each) for each in ways if each]
        if not ways[0] or None in goto:
            return _ways(plan, at, variable) if plan.written_out(at) else None
        ways = [each[1] for each in goto if each]
    yes, no = [*ways, ""][:2]
    return (keyed, no, yes) if "!=" in condition else (keyed, yes, no)


def _keys(condition: str, variable: str) -> list[str] | None:
    """What a condition compares the variable with, "" for nothing keyed; None for another one."""
    bracket = _BRACKET.fullmatch(condition)
    parts = bracket[1].split("|") if bracket else []
    found = [_ENTRY.fullmatch(part) or _NOTHING.fullmatch(part) for part in parts if part.strip()]
    keys = [one["key"] for one in found if one and one["name"] == variable]
    negated = "!=" in condition and len(found) > 1
    return keys if keys and len(keys) == len(found) and not negated else None


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
    return (found[2], yes, no) if found else None
