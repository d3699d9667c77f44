"""The extensions that calls find in a context: its own, with short patterns as their numbers, and
those of the contexts that it includes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final, TypeAlias

from msgspec.structs import replace

from ari_app.freepbx.dialplan import Context, Step

MOST: Final = 30
"""How many numbers a pattern may have that is written out: callers are not asked for more keys."""

_SIGN: Final = re.compile(r"\[([0-9*#-]+)\]|([0-9*#XZN])|-", re.IGNORECASE)
_SETS: Final = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
_EXTEN: Final = re.compile(r"\$\{EXTEN(?::(-?\d+))?\}")


_Extensions: TypeAlias = Sequence[tuple[str, list[Step]]]


def joined(found: Mapping[str, Context]) -> Mapping[str, Context]:
    """The contexts with the extensions of those that they include at all times; own ones
    go before."""
    written = {name: list(written_out(one.extensions)) for name, one in found.items()}
    return {name: _with_included(found, written, name) for name in found}


def _with_included(
    found: Mapping[str, Context], written: Mapping[str, _Extensions], name: str
) -> Context:
    extensions: dict[str, list[Step]] = {}
    ignored: list[str] = []
    waiting, seen = [name], set()
    while waiting:
        one = waiting.pop(0)
        if one in seen or one not in found:
            ignored += [f"include => {one}"] if one not in found else []
            continue
        seen.add(one)
        timed = [each for each in found[one].includes if re.search(r"[,|]", each)]
        waiting = [each for each in found[one].includes if each not in timed] + waiting
        ignored += found[one].ignored + [f"include => {each}" for each in timed]
        for extension, steps in written[one]:
            extensions.setdefault(extension, steps)
    return Context(found[name].comment, found[name].includes, extensions, ignored)


def numbers(pattern: str) -> Sequence[str]:
    """The numbers of a pattern such as ``_[1-3]``; none of one that has many, or no end."""
    signs, at, count = list[str](), 1, 1
    while at < len(pattern):
        found = _SIGN.match(pattern, at)
        if found is None:
            return ()
        if found[1] or found[2]:
            signs.append(_ranges(found[1]) if found[1] else _SETS.get(found[2].upper(), found[2]))
            count *= len(signs[-1])
        if count > MOST:
            return ()
        at = found.end()
    if not signs:
        return ()
    return ["".join(each) for each in product(*signs)]


def written_out(extensions: Mapping[str, list[Step]]) -> Iterator[tuple[str, list[Step]]]:
    """The extensions; the numbers of patterns come after those that are written so."""
    short = {key: found for key in extensions if key.startswith("_") and (found := numbers(key))}
    yield from ((key, steps) for key, steps in extensions.items() if key not in short)
    for pattern in sorted(short, key=lambda key: len(short[key])):  # Asterisk takes the narrowest
        for number in short[pattern]:
            if number not in extensions:
                yield number, [_dialled(step, number) for step in extensions[pattern]]


def _ranges(text: str) -> str:
    """The signs of ``1-38``: 1, 2, 3 and 8."""
    found = re.sub(
        r"(\d)-(\d)", lambda each: "".join(map(str, range(int(each[1]), int(each[2]) + 1))), text
    )
    return "".join(dict.fromkeys(found.replace("-", "")))


def _dialled(step: Step, number: str) -> Step:
    def part(found: re.Match[str]) -> str:
        return number[int(found[1] or 0) :]

    return replace(step, args=_EXTEN.sub(part, step.args))


def unread(found: Mapping[str, Context], name: str) -> Iterator[tuple[str, str]]:
    """Patterns and lines of a context that cannot be read: what it is, and why."""
    one = found.get(name)
    for pattern in [key for key in one.extensions if key.startswith("_")] if one else ():
        yield f"[{name}] {pattern}", "the pattern has many numbers: write those that callers key"
    for line in one.ignored if one else ():
        yield (
            f"[{name}]",
            f"{line} is not understood, has a priority that is taken, or is in another file",
        )
