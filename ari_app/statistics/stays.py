"""Records the stays of callers in queues, from the events of AMI as they come.

A stay is stored when it begins, and whenever something of it is known: each time as a whole, so
that its row is right whichever of them is lost. What no event says (the key that the caller
pressed, a limit of the queue) is known by the outcome of the call's own step, or else by Asterisk's
``queue_log`` (:mod:`ari_app.statistics.completion`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec.structs import asdict, replace

from ari_app.store.times import micros
from ivr.acd.board import Board, Caller, half, known
from ivr.acd.callbacks import of_channel
from ivr.acd.dials import HungUp
from ivr.acd.figures import How, Origin, Stay
from ivr.acd.queues import (
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Event,
    Offered,
)

RECENT = 2_000
"""How many stays that are over are remembered, of which something may become known later."""

OF_OUTCOME: dict[str, How] = {
    "timeout": "timeout", "full": "full", "closed": "empty", "left": "key", "failed": "lost",
}  # fmt: skip
"""The outcome of a queue's node -> how the stay ended."""


class Stays:
    """The stays that go on. ``put`` has one stored; ``origin`` says from where a caller came,
    ``agent`` whose an interface is, ``now`` the time. To be used from the event loop's thread."""

    def __init__(
        self,
        put: Callable[[Stay], None],
        origin: Callable[[Caller], Origin],
        agent: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._put = put
        self._origin = origin
        self._agent = agent
        self._now = now
        self._waiting: dict[str, Stay] = {}
        self._left: dict[str, Stay] = {}
        """Who left their queue, by channel, until it is known how."""
        self._talking: dict[tuple[str, str], Stay] = {}
        """By channel and agent."""
        self._wrapping: dict[str, Stay] = {}
        """By agent."""
        self._recent: OrderedDict[str, Stay] = OrderedDict()
        """The last stay of a channel."""
        self._hung_up: dict[str, int] = {}
        """Channel: when it ended, though its conversation did not by what is known."""
        self._hows: dict[str, How] = {}
        """Channel: how the wait ends, known before its end."""
        self._offered: dict[str, dict[str, datetime]] = {}
        """By channel and by agent, since when a phone rings, or when it rang last."""

    def clear(self) -> None:
        """Know of no stay any more: another worker kept the record."""
        for each in (self._waiting, self._left, self._talking, self._wrapping, self._recent):
            each.clear()
        for about in (self._hung_up, self._hows, self._offered):
            about.clear()

    @property
    def going_on(self) -> Iterator[Stay]:
        """The stays whose wait or conversation has not ended."""
        yield from (*self._waiting.values(), *self._left.values(), *self._talking.values())

    @property
    def undecided(self) -> tuple[Stay, ...]:
        """The stays that ended in a way that is not known."""
        return tuple(self._left.values())

    def observe(self, board: Board, event: Event) -> None:
        """Take an event, with the board before it. Never waits."""
        match event:
            case CallerJoined(queue, _, caller):
                self._join(queue, caller, half(board, caller.channel) or caller)
            case CallerAbandoned(queue=queue, call=call, at=at):
                one = known(board, call)
                no_caller = of_channel(call) or (one and one.held)  # a stand-in, or an agent asks
                how: How = "withdrawn" if no_caller else "abandoned"
                self._end_wait(queue, call, micros(at or self._now()), how)
            case CallerLeft(queue=queue, call=call, at=at):
                self._leave(queue, call, micros(at or self._now()))
            case Offered(interface=interface, call=call, at=at):
                self._offered.setdefault(call, {})[self._agent(interface)] = at
            case Connected():
                self._connect(event)
            case Completed(queue, interface, call, at):
                self._complete(queue, self._agent(interface), call, micros(at))
            case HungUp(call=call, at=at):
                self._hang_up(call, micros(at))

    def restore(self, stay: Stay) -> None:
        """Go on with a stay that is stored, if its wait or conversation has not ended."""
        if stay.left is None:
            self._waiting.setdefault(stay.channel, stay)
        elif stay.answered is not None and stay.ended is None:
            self._talking.setdefault((stay.channel, stay.agent), stay)

    def back(self, channel: str, queue: str, outcome: str, origin: Origin) -> None:
        """A channel came back from ``queue`` to its menu, with an outcome; a caller whom the queue
        did not take never joined it."""
        how = OF_OUTCOME.get(outcome)
        if how is None:
            return
        if not channel:
            return
        if channel in self._waiting:
            self._hows[channel] = how
        elif channel in self._left:
            self.put(replace(self._left[channel], how=how))
        elif how in ("full", "empty"):
            at = micros(self._now())
            self.put(replace(_stay(channel, queue, origin, at), how=how, left=at))

    def find(self, channel: str, queue: str) -> Stay | None:
        """The stay of a channel that goes on, or was the last to end; in this queue."""
        for stay in (self._waiting.get(channel), self._left.get(channel)):
            if stay is not None and stay.queue == queue:
                return stay
        for stay in (*self._talking.values(), *self._wrapping.values()):
            if (stay.channel, stay.queue) == (channel, queue):
                return stay
        recent = self._recent.get(channel)
        return recent if recent is not None and recent.queue == queue else None

    def put(self, stay: Stay) -> None:
        """Store a stay, of which more is known now than before."""
        channel, agent = stay.channel, stay.agent
        self._forget(stay)
        if stay.left is None:
            self._waiting[channel] = stay
        elif stay.how == "waiting":
            self._left[channel] = stay
            return  # it is stored as soon as it is known how it ended
        elif stay.answered is not None and stay.ended is None:
            self._talking[channel, agent] = stay
        else:
            self._hung_up.pop(channel, None)
            self._recent[channel] = stay
            self._recent.move_to_end(channel)
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        self._put(stay)

    def popped(self, channel: str, agent: str) -> None:
        """The card of a caller opened at the desk of an agent."""
        since = self._offered.get(channel, {}).get(agent)
        stay = self._waiting.get(channel) or self._left.get(channel)
        stay = stay or self._talking.get((channel, agent))
        if since is not None and stay is not None:
            self.put(replace(stay, pop=max(0, micros(self._now()) - micros(since))))

    def promised(self, channel: str, wait: int) -> None:
        """A wait was announced to a caller, from joining on, in microseconds."""
        stay = self._waiting.get(channel)
        if stay is not None:
            self.put(replace(stay, promised=wait))

    def transferred(self, channel: str, agent: str, to: str) -> None:
        """An agent transferred a caller to a queue or a number."""
        wrapping, recent = self._wrapping.get(agent), self._recent.get(channel)
        for stay in (self._talking.get((channel, agent)), wrapping, recent):
            if stay is not None and (stay.channel, stay.agent) == (channel, agent):
                self.put(replace(stay, transferred=to))
                return

    def wrapped(self, agent: str, until: int | None) -> None:
        """The wrap-up of an agent ended; None: there was none."""
        stay = self._wrapping.pop(agent, None)
        if stay is not None and stay.ended is not None:
            self.put(replace(stay, wrap=0 if until is None else max(0, until - stay.ended)))

    def adopt(self, queue: str, caller: Caller, answered: int = 0, interface: str = "") -> None:
        """A caller waits, or talks since ``answered``, whom no event reported."""
        stay = _stay(caller.call, queue, self._origin(caller), micros(caller.since))
        if answered:
            agent, at = self._agent(interface), max(answered, stay.joined)
            stay = replace(stay, answered=at, left=at, how="answered", agent=agent)
        self.put(stay)

    def _join(self, queue: str, caller: Caller, about: Caller) -> None:
        """``about`` is the caller for whom an agent asks in the queue; else the same."""
        known = self._waiting.get(caller.call)
        if known is not None and known.queue == queue:
            return
        if known is not None:  # no event said that they left the other one
            self._leave(known.queue, caller.call, micros(caller.since))
        self.put(_stay(caller.call, queue, self._origin(about), micros(caller.since)))

    def _end_wait(self, queue: str, channel: str, at: int, how: How) -> None:
        stay = self._waiting.get(channel)
        if stay is not None and stay.queue == queue:
            self.put(replace(stay, left=at, how=how))

    def _leave(self, queue: str, channel: str, at: int) -> None:
        """The end of a wait; why, is known before it or follows."""
        stay = self._waiting.get(channel)
        if stay is None or stay.queue != queue:
            return
        how = self._hows.pop(channel, None)
        self.put(replace(stay, left=at, how=how or "waiting"))

    def _connect(self, event: Connected) -> None:
        channel, at = event.caller.call, micros(event.at)
        stay = self._waiting.get(channel) or self._left.get(channel)
        if stay is None or stay.queue != event.queue:
            since = micros(event.caller.since)
            stay = _stay(channel, event.queue, self._origin(event.caller), since)
        agent = self._agent(event.interface)
        self._wrapping.pop(agent, None)
        self.put(replace(stay, answered=at, left=at, how="answered", agent=agent))

    def _complete(self, queue: str, agent: str, channel: str, at: int) -> None:
        """After a transfer the caller's channel may be another one."""
        key = (channel, agent)
        if key not in self._talking:
            others = (
                each
                for each, one in self._talking.items()
                if (each[1], one.queue) == (agent, queue)
            )
            key = next(others, key)
        stay = self._talking.get(key)
        if stay is not None:
            self._end_talk(stay, at)

    def _hang_up(self, channel: str, at: int) -> None:
        """The end of a conversation that app_queue did not report, or reported while it was not
        heard: then the log knows better."""
        if any(one.channel == channel for one in self._talking.values()):
            self._hung_up.setdefault(channel, at)
        self._offered.pop(channel, None)
        self._hows.pop(channel, None)

    def ends(self, stay: Stay, otherwise: int) -> None:
        """A conversation is over of which no event said so: when its channel ended."""
        at = self._hung_up.get(stay.channel, otherwise)
        self._end_talk(stay, max(at, stay.answered or 0))

    def _end_talk(self, stay: Stay, at: int) -> None:
        self._hung_up.pop(stay.channel, None)
        ended = replace(stay, ended=at)
        self.put(ended)
        self._wrapping[stay.agent] = ended

    def _forget(self, stay: Stay) -> None:
        """Take it out of wherever it was before."""
        channel, agent = stay.channel, stay.agent
        for kept in (self._waiting, self._left):
            old = kept.get(channel)
            if old is not None and _same(old, stay):
                del kept[channel]
        if (old := self._talking.get((channel, agent))) is not None and _same(old, stay):
            del self._talking[channel, agent]
        if (old := self._wrapping.get(agent)) is not None and _same(old, stay):
            self._wrapping[agent] = stay


def _same(one: Stay, other: Stay) -> bool:
    return (one.channel, one.queue, one.joined) == (other.channel, other.queue, other.joined)


def _stay(channel: str, queue: str, origin: Origin, joined: int) -> Stay:
    return Stay(channel=channel, queue=queue, joined=joined, **asdict(origin))
