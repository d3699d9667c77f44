"""Measures how long callers wait in queues, from the events of AMI."""

from collections.abc import Callable
from datetime import datetime

from ari_app.monitoring.metrics import Metrics
from ivr.acd.callbacks import gave_up
from ivr.acd.figures import SECOND, SHORT
from ivr.acd.queues import Board, CallerAbandoned, Connected, Event


class QueueMeter:
    """Is handed each event with the board before it."""

    def __init__(self, metrics: Metrics, now: Callable[[], datetime]) -> None:
        self._waits = metrics.queue_wait
        self._now = now

    def take(self, before: Board, event: Event) -> None:
        """Count a wait that ends with this event."""
        match event:
            case Connected(queue, _, caller, at):
                waited = (at - caller.since).total_seconds()
                self._waits.labels(queue, "answered").observe(max(0.0, waited))
            case CallerAbandoned(queue, call, at):
                if one := gave_up(before, queue, call):
                    waited = ((at or self._now()) - one.since).total_seconds()
                    result = "short" if waited * SECOND < SHORT else "abandoned"
                    self._waits.labels(queue, result).observe(max(0.0, waited))
