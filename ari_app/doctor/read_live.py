"""Asks a running Asterisk, by commands of its console that change nothing."""

import re
from collections.abc import Callable, Iterator

from ari_app.doctor.facts import Live, Member, Queue

Console = Callable[[str], str]
"""The output of a console command."""

_MEMBER = re.compile(r"^\s+(?:.*\()?((?:PJSIP|SIP|IAX2|Local|DAHDI|Agent)/[^\s)]+)\)?(.*)$")
_QUEUE = re.compile(r"^(\S+)\s+has (\d+) calls")
STATES = (
    "Not in use", "In use", "Busy", "Invalid", "Unavailable", "Ringing", "Ring+Inuse", "On Hold",
    "Unknown",
)  # fmt: skip
"""The states of devices, as `queue show` has them in brackets."""


def live(console: Console) -> Live:
    """What Asterisk says, but for the channels that leaked."""
    version = console("core show version").removeprefix("Asterisk ").partition(" built")[0]
    return Live(
        version=version.strip(),
        modules=frozenset(_running(console("module show"))),
        log_levels=frozenset(_levels(console("logger show channels"))),
        queues=tuple(_queues(console("queue show"))),
    )


def inside(console: Console, application: str) -> frozenset[str]:
    """The ids of the channels in an application of ARI."""
    return frozenset(_inside(console("core show channels concise"), application))


def _running(shown: str) -> Iterator[str]:
    for line in shown.splitlines():
        if " Running " in line and " Not Running " not in line:
            yield line.split()[0].removesuffix(".so")


def _levels(shown: str) -> Iterator[str]:
    """The levels of all logs: the last column, such as ``NOTICE WARNING ERROR``."""
    for line in shown.splitlines():
        if re.search(r"\b(?:Enabled|Disabled)\b", line):
            yield from (word.lower() for word in re.findall(r"\b[A-Z]{4,}\b", line))


def _inside(shown: str, application: str) -> Iterator[str]:
    """The ids of the channels in Stasis(application)."""
    for line in shown.splitlines():
        fields = line.split("!")
        if len(fields) > 6 and fields[5] == "Stasis" and fields[6].split(",")[0] == application:
            yield fields[-1]


def _queues(shown: str) -> Iterator[Queue]:
    """The queues of `queue show`."""
    for block in re.split(r"\n\s*\n", shown):
        lines = block.splitlines()
        found = next((one for one in map(_QUEUE.match, lines) if one), None)
        if found:
            members = tuple(each for line in lines for each in _member(line))
            yield Queue(found[1], members, int(found[2]))


def _member(line: str) -> Iterator[Member]:
    found = _MEMBER.match(line)
    if found and " has taken " in line:
        words = re.findall(r"\(([^()]*)\)", found[2])
        state = next((word for word in words if word in STATES), "Unknown")
        yield Member(found[1], state, any(word.startswith("paused") for word in words))
