"""Records what agents do, from when to when: each change of a state as it is.

Which agents an event concerns is read from it; their states are looked at as soon as the board has
it. The end of a wrap-up has no event, so a timer looks then.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ari_app.store.times import micros
from ivr.acd.board import Board, Offer, Talk
from ivr.acd.dials import DialEnded, Dialled, HungUp, Transferred
from ivr.acd.figures import SECOND, Span
from ivr.acd.queues import (
    CallerAbandoned,
    CallerLeft,
    Completed,
    Connected,
    Event,
    MemberRemoved,
    MemberStatus,
    Offered,
    Unanswered,
)

GAP = 300 * SECOND
"""After so long without a look it is not known what agents did: there is a gap between spans."""

_NOTHING = "no-queue"
_AFTER = 0.01
"""Seconds after the end of a wrap-up when it is looked at."""


class Doing(Struct, frozen=True):
    """What an agent does now; ``until`` is the end of the wrap-up time."""

    state: str
    reason: str = ""
    until: datetime | None = None


class Spans:
    """What agents do. ``put`` has a span stored, ``look`` says what an agent does now, ``agent``
    whose an interface is, ``wrapped`` is called when an agent is ready for the next call. To be
    used from the event loop's thread."""

    def __init__(
        self,
        put: Callable[[Span], None],
        look: Callable[[str], Doing],
        agent: Callable[[str], str],
        wrapped: Callable[[str, int | None], None],
        now: Callable[[], datetime],
    ) -> None:
        self._put = put
        self._look = look
        self._agent = agent
        self._wrapped = wrapped
        self._now = now
        self._open: dict[str, Span] = {}
        self._concerned: set[str] = set()
        self._timers: dict[str, tuple[datetime, asyncio.TimerHandle]] = {}
        self.seen = 0
        """When all were looked at last, in microseconds."""

    def restore(self, spans: Iterable[Span], seen: int) -> None:
        """Go on with what agents did when all were looked at last, before a restart."""
        self._open = {one.agent: one for one in spans}
        self.seen = seen

    @property
    def now(self) -> tuple[Span, ...]:
        """What agents do, as far as known."""
        return tuple(self._open.values())

    def observe(self, before: Board, event: Event) -> None:
        """Take an event. Never waits."""
        concerned = {self._agent(one) for one in _concerned(before, event)}
        if concerned and not self._concerned:
            asyncio.get_running_loop().call_soon(self._look_at_concerned)
        self._concerned |= concerned

    def look(self, agents: Iterable[str]) -> None:
        """Look at all agents, while the board is current."""
        now = micros(self._now())
        if self.seen and now - self.seen > GAP:
            for span in self._open.values():
                self._put(replace(span, until=max(self.seen, span.since)))
            self._open.clear()
        everyone = set(agents)
        for agent in everyone | self._open.keys():
            self._take(agent, now, gone=agent not in everyone)
        self.seen = now

    def close(self) -> None:
        """Look no more."""
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _look_at_concerned(self) -> None:
        concerned, self._concerned = self._concerned, set()
        now = micros(self._now())
        for agent in concerned:
            self._take(agent, now)

    def _take(self, agent: str, now: int, *, gone: bool = False) -> None:
        doing = Doing(_NOTHING) if gone else self._look(agent)
        span = self._open.get(agent)
        self._set_timer(agent, doing.until)
        if span is not None and (span.state, span.reason) == (doing.state, doing.reason):
            return
        if span is not None:
            until = max(now, span.since)
            self._put(replace(span, until=until))
            if span.state == "wrap-up":
                self._wrapped(agent, until)
            elif span.state == "talking" and doing.state not in ("wrap-up", "talking"):
                self._wrapped(agent, None)
            del self._open[agent]
        elif doing.state == _NOTHING:
            return
        if gone:
            return
        new = Span(agent=agent, state=doing.state, reason=doing.reason, since=now)
        self._open[agent] = new
        self._put(new)

    def _set_timer(self, agent: str, until: datetime | None) -> None:
        if (timer := self._timers.get(agent)) is not None:
            if timer[0] == until:
                return
            timer[1].cancel()
            del self._timers[agent]
        if until is not None:
            seconds = (until - self._now()).total_seconds() + _AFTER
            loop = asyncio.get_running_loop()
            handle = loop.call_later(max(0.0, seconds), self._wrap_ends, agent)
            self._timers[agent] = (until, handle)

    def _wrap_ends(self, agent: str) -> None:
        self._timers.pop(agent, None)
        self._take(agent, micros(self._now()))


def _concerned(before: Board, event: Event) -> Iterator[str]:
    """The interfaces whose state an event may change."""
    match event:
        case MemberStatus(member=member):
            yield member.interface
        case (
            MemberRemoved(interface=interface)
            | Offered(interface=interface)
            | Unanswered(interface=interface)
            | Connected(interface=interface)
            | Completed(interface=interface)
            | Dialled(interface=interface)
        ):
            yield interface
    match event:
        case Connected(caller=caller):
            calls, leg = {caller.call}, ""
        case HungUp(call=call, leg=leg):
            calls = {call}
        case DialEnded(leg=leg):
            calls = set()
        case Transferred(caller=caller, call=call):
            calls, leg = {caller.call, call}, ""
        case CallerLeft(call=call) | CallerAbandoned(call=call):
            calls, leg = {call}, ""
        case _:
            return
    lasting: tuple[Offer | Talk, ...] = (*before.offers, *before.talks)
    for one in lasting:
        if one.caller.call in calls or (leg and one.leg == leg):
            yield one.interface
