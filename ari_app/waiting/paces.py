"""How fast queues move, learned from the events of AMI."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ari_app.waiting.rules import QueueRules
from ivr.acd.board import Board, Caller, Queue
from ivr.acd.dials import HungUp
from ivr.acd.estimate import Estimate, Pace, estimate
from ivr.acd.queues import CallerAbandoned, Completed, Connected, Event


class Paces:
    """Is handed each event with the board before it."""

    def __init__(
        self,
        rules: Callable[[str], QueueRules],
        now: Callable[[], datetime],
        known: Mapping[str, Pace],
    ) -> None:
        """``known`` is what the queues of the settings were like before the start."""
        self._rules = rules
        self._now = now
        self._paces = dict(known)
        self._expected: dict[tuple[str, str], tuple[datetime, float]] = {}
        """When the wait of a call in a queue was first estimated, and how long it was to be."""

    def estimate(self, board: Board, queue: str, call: str) -> Estimate | None:
        """How long a caller will still wait."""
        now, rules = self._now(), self._rules(queue)
        found = estimate(board, queue, call, self._pace(rules.name), rules.offering, now)
        if found is not None:
            self._expected.setdefault((call, queue), (now, found.expected))
        return found

    def take(self, board: Board, event: Event) -> None:
        """Learn from an event."""
        match event:
            case Connected(queue, _, caller, at):
                self._ended(queue, caller, at, gave_up=False)
            case CallerAbandoned(queue, call):
                for caller in board.queues.get(queue, Queue()).waiting:
                    if caller.call == call:
                        self._ended(queue, caller, self._now(), gave_up=True)
            case Completed(queue, interface, call, at):
                rules = self._rules(queue)
                for talk in board.talks:
                    if (talk.queue, talk.interface, talk.caller.call) == (queue, interface, call):
                        seconds = (at - talk.since).total_seconds() + rules.offering.wrapup
                        self._paces[rules.name] = self._pace(rules.name).with_conversation(seconds)
            case HungUp(call):
                for key in [key for key in self._expected if key[0] == call]:
                    del self._expected[key]
            case _:
                pass

    def _ended(self, queue: str, caller: Caller, at: datetime, *, gave_up: bool) -> None:
        """A wait is over."""
        name = self._rules(queue).name
        waited = max(0.0, (at - caller.since).total_seconds())
        pace = self._pace(name).with_wait(waited, gave_up=gave_up)
        since, expected = self._expected.pop((caller.call, queue), (at, 0.0))
        if not gave_up and since < at:
            pace = pace.with_comparison(expected, (at - since).total_seconds())
        self._paces[name] = pace

    def _pace(self, name: str) -> Pace:
        return self._paces.get(name, Pace())
