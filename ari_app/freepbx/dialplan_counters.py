"""Counters of a plain dialplan, and the loops and branches that they decide.

A variable is known from a ``Set`` of a whole number on, as long as it is only counted up and down
(``$[${I} + 1]``, ``${MATH(${I}+1,int)}``, ``${INC(I)}``): nothing else of an expression is run.
"""

import operator
import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from ari_app.freepbx.dialplan import Step, application, arguments, branches

Counts: TypeAlias = tuple[tuple[str, int], ...]
"""Counters and their values, by name."""

MOST_ROUNDS: Final = 20
"""How far a counter is followed: more rounds than that are no attempts of a caller."""

LOOPS: Final = frozenset(("while", "endwhile", "exitwhile", "continuewhile"))

PRIORITY: Final = "QUEUE_PRIO"
"""The variable with the priority of a call in queues."""

_SETS_NONE: Final = LOOPS | {
    *("answer", "background", "busy", "congestion", "dial", "echo", "execif", "goto", "gotoif"),
    *("gotoiftime", "hangup", "log", "mixmonitor", "monitor", "mset", "musiconhold", "noop"),
    *("playback", "playtones", "progress", "queue", "read", "ringing", "saydigits", "saynumber"),
    *("sendtext", "set", "startmusiconhold", "stopmixmonitor", "stopmusiconhold", "system"),
    *("stopplaytones", "trysystem", "userevent", "verbose", "voicemail", "wait", "waitexten"),
}
"""Applications that set no variable but the one that they are given, or their own status."""

_OPERATORS: Final = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER: Final = r'(-?\d{1,9}|"-?\d{1,9}")'
_COMPARED: Final = re.compile(rf"\$\[\s*{_NUMBER}\s*(==?|!=|<=?|>=?)\s*{_NUMBER}\s*\]")
_ALONE: Final = re.compile(r"(?:\$\[\s*)?(-?\d{1,9})(?:\s*\])?")
_SUM: Final = re.compile(
    r"(?:\$\[|\$\{MATH\()\s*(-?\d{1,9})\s*([+-])\s*(-?\d{1,9})\s*(?:\]|,\s*i(?:nt)?\)\})"
)
_STEPPED: Final = re.compile(r"\$\{(INC|DEC)\((\w+)\)\}", re.IGNORECASE)
_CHANGED: Final = re.compile(r"\b(?:INC|DEC|PUSH|POP|SHIFT|UNSHIFT)\((\w+)", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


def decided(condition: str, counts: Counts) -> bool | None:
    """Whether a condition holds; None if that is not known, or numbers are too great for rounds."""
    text = _filled(condition, counts).strip()
    if compared := _COMPARED.fullmatch(text):
        return _holds(*compared.groups())
    alone = _ALONE.fullmatch(text)
    return bool(int(alone[1])) if alone else None


def _holds(one: str, sign: str, other: str) -> bool | None:
    """A comparison. What is in quotes is compared as text, with the quotes (Asterisk,
    main/ast_expr2.y): "2" is more than "10", and "1" never 1. Whether "1" is less than 2 depends
    on the locale there."""
    numbers = [int(each.strip('"')) for each in (one, other)]
    quoted = [each.startswith('"') for each in (one, other)]
    mixed = any(quoted) and not all(quoted) and sign not in ("=", "==", "!=")
    if mixed or max(map(abs, numbers)) > MOST_ROUNDS:
        return None
    return bool(_OPERATORS[sign](*((one, other) if any(quoted) else numbers)))


def counted(step: Step, counts: Counts) -> Counts:
    """The counters after a Set or MSet; what it sets to anything else is known no more."""
    found = dict(counts)
    for one in arguments(step.args) if step.app == "mset" else [step.args]:
        name, _, text = (part.strip() for part in one.partition("="))
        name, counter = name.lstrip("_"), _STEPPED.fullmatch(text)
        if counter and counter[2] in found:
            found[counter[2]] += 1 if counter[1].upper() == "INC" else -1
            value: int | None = found[counter[2]]
        else:
            found = dict(read(text, tuple(found.items())))
            value = _value(_filled(text, tuple(found.items())))
        if value is not None and name.isidentifier():
            found[name] = value
        else:
            found = {each: at for each, at in found.items() if each not in re.findall(r"\w+", name)}
    far = {one[0] for one in found.items() if abs(one[1]) > MOST_ROUNDS and one not in counts}
    if step.args.strip("_ ") == f"{PRIORITY}={found.get(PRIORITY)}":
        far.discard(PRIORITY)  # as it is written: no counter
    return tuple(sorted((name, at) for name, at in found.items() if name not in far))


def forgotten(name: str, counts: Counts) -> Counts:
    """The counters without one that becomes something else."""
    return tuple(each for each in counts if each[0] != name)


def read(text: str, counts: Counts) -> Counts:
    """The counters without those that a text changes as it is read, such as ``${INC(I)}``."""
    changed = set(_CHANGED.findall(text))
    return tuple(each for each in counts if each[0] not in changed)


def kept(step: Step, counts: Counts) -> Counts:
    """The counters behind a step that is not understood: without those that it may set. An AGI may
    set all; the priority of a queue stays as it is written."""
    steps = [step]
    if step.app == "execif":
        named = set(re.findall(r"\w+", step.args))
        steps = [one for way in branches(step.args)[1:] if (one := application(way))]
        if any(one.app in ("set", "mset") for one in steps):
            counts = tuple(each for each in counts if each[0] not in named)
    if not {one.app for one in steps} <= _SETS_NONE:
        counts = tuple(each for each in counts if each[0] == PRIORITY)
    return read(step.args, counts)


def loops(steps: Sequence[Step]) -> Mapping[int, tuple[int, int]]:
    """The places of the While and the EndWhile of the innermost loop of each step that is in one;
    a While without an end in its extension begins none."""
    begun, ends, inside = list[int](), dict[int, int](), dict[int, int]()
    for place, step in enumerate(steps):
        if step.app == "while":
            begun.append(place)
        if begun:
            inside[place] = begun[-1]
        if step.app == "endwhile" and begun:
            ends[begun.pop()] = place
    return {at: (start, ends[start]) for at, start in inside.items() if start in ends}


def _value(text: str) -> int | None:
    """The whole number that a text is, as itself or as a sum; None for anything else, also for one
    with zeros before it, which is another text."""
    if summed := _SUM.fullmatch(text):
        more = int(summed[3])
        return int(summed[1]) + (more if summed[2] == "+" else -more)
    return int(text) if re.fullmatch(r"0|-?[1-9]\d{0,8}", text) else None


def _filled(text: str, counts: Counts) -> str:
    known: Mapping[str, int] = dict(counts)
    return _VARIABLE.sub(lambda found: str(known.get(found[1], found[0])), text)
