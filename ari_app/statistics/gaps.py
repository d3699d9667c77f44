"""What agents did while the application did not run, from Asterisk's ``queue_log``.

The log knows pauses with their reasons and conversations, and neither ringing nor wrap-up nor
phones that were away: where it has nothing, agents went on with what they did before the gap. When
Asterisk was started in a gap, nothing is known of the time before.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ari_app.statistics import queue_log
from ari_app.statistics.queue_log import Logged
from ari_app.store import queue_calls
from ari_app.store.sqlite import Database
from ivr.acd.figures import SECOND, SIGNED_OUT, Span, Stay

_PAUSES = ("PAUSE", "UNPAUSE")
_START = "QUEUESTART"
_PASSING = ("ringing", "talking", "wrap-up")
"""States that end by themselves: the agent is ready then."""
_LONGEST = 86_400 * SECOND
"""No stay in a queue is longer."""


class Gap(Struct, frozen=True):
    """From when until when nothing was heard, in microseconds; ``before``: what agents did then."""

    since: int
    until: int
    before: tuple[Span, ...]


def logged(file: Path, gap: Gap) -> list[Logged] | None:
    """The pauses of a gap, and when Asterisk was started; None if the log does not reach so far
    back. Raises ``OSError``."""
    found, reaches = [], False
    for one in queue_log.lines(file, gap.since, (*queue_log.READ, *_PAUSES)):
        reaches = reaches or one.at <= gap.since
        if one.event in (_START, *_PAUSES) and gap.since <= one.at < gap.until:
            found.append(one)
    return found if reaches else None


def talks(db: Database, gap: Gap) -> list[Stay]:
    """The conversations of a gap."""
    return queue_calls.selected(
        db,
        "where joined between ? and ? and answered < ? and ifnull(ended, ?) > ? order by answered",
        *(gap.since - _LONGEST, gap.until, gap.until, gap.until, gap.since),
    )


def spans(
    gap: Gap,
    found: Sequence[Logged],
    stays: Sequence[Stay],
    agent: Callable[[str], str],
    agents: Collection[str],
) -> Iterator[Span]:
    """What each of the ``agents`` did in a gap, as :func:`logged`; ``agent`` is the login of a
    queue's member."""
    started = max((one.at for one in found if one.event == _START), default=gap.since)
    pauses = [one for one in found if one.event in _PAUSES]
    before = {one.agent: one for one in gap.before}
    for name in sorted(agents):
        own = [one for one in pauses if agent(one.member) == name]
        spoke = [
            (max(one.answered, gap.since), min(one.ended or gap.until, gap.until))
            for one in stays
            if one.agent == name and one.answered is not None
        ]
        if name in before or own or spoke:
            first = before.get(name, Span(agent=name, state="ready", since=gap.since))
            yield from _joined(_of_agent(gap, first, own, spoke), started)


def _of_agent(
    gap: Gap, before: Span, pauses: Sequence[Logged], spoke: Sequence[tuple[int, int]]
) -> Iterator[Span]:
    """The spans between any two changes."""
    state, reason = ("ready", "") if before.state in _PASSING else (before.state, before.reason)
    ends = (at for pair in spoke for at in pair)
    times = sorted({gap.since, gap.until, *(one.at for one in pauses), *ends})
    for since, until in pairwise(times):
        for one in pauses:
            if one.at == since:
                state, reason = _paused(one)
        talking = any(begin <= since < end for begin, end in spoke)
        now = ("talking", "") if talking else (state, reason)
        yield Span(agent=before.agent, state=now[0], reason=now[1], since=since, until=until)


def _paused(one: Logged) -> tuple[str, str]:
    """The state after a line."""
    if one.event == "UNPAUSE":
        return "ready", ""
    reason = one.values[0] if one.values else ""
    return (SIGNED_OUT if reason == SIGNED_OUT else "paused"), reason


def _joined(spans: Iterator[Span], begin: int) -> Iterator[Span]:
    """Spans of one agent from a moment on, those of one state that follow each other as one."""
    last: Span | None = None
    for each in spans:
        if each.until is not None and each.until <= begin:
            continue
        one = replace(each, since=max(each.since, begin))
        if last is not None and (last.state, last.reason) == (one.state, one.reason):
            last = replace(last, until=one.until)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
