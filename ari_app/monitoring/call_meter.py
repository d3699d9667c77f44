"""Counts what happens in calls, and how soon callers hear the answer to a key."""

from datetime import datetime
from time import monotonic

from ari_app.monitoring.metrics import Metrics
from ari_app.session.conductor import CallObserver
from ivr.engine import Step
from ivr.session import Session
from ivr.wants import Ask, Record, Say, Want

RESULTS = frozenset({"silent", "wrong", "gave-up", "gone", "error", "failed"})
"""Outcomes of steps that are told apart; all others, which authors of flows may name, passed."""


class CallMeter:
    """Counts the calls of a line, then passes everything to ``following``.

    See :class:`~ari_app.session.conductor.CallObserver`.
    """

    def __init__(self, metrics: Metrics, line: str, following: CallObserver) -> None:
        self._metrics = metrics
        self._line = line
        self._following = following
        self._keyed: dict[str, float] = {}
        """Call -> when the input was completed whose answer is not played yet."""

    def began(self, session: Session, version: str, at: datetime) -> None:
        """A call began."""
        self._metrics.in_progress.labels(self._line).inc()
        self._following.began(session, version, at)

    def going_on(self) -> None:
        """A call of before a restart goes on."""
        self._metrics.in_progress.labels(self._line).inc()
        self._metrics.continued.labels(self._line).inc()

    def stepped(self, session: Session, steps: tuple[Step, ...], at: datetime) -> None:
        """A call took steps."""
        for step in steps:
            result = step.outcome if step.outcome in RESULTS else "passed"
            self._metrics.steps.labels(step.kind, result).inc()
            if step.key:
                self._keyed[session.id] = monotonic()
        self._following.stepped(session, steps, at)

    def presented(self, call: str, want: Want) -> None:
        """A screen is about to be played, or the caller to be queued or connected."""
        if not isinstance(want, Ask | Say | Record):
            self._keyed.pop(call, None)
        self._following.presented(call, want)

    def playing(self, call: str) -> None:
        """The line requests a playback."""
        keyed = self._keyed.pop(call, None)
        if keyed is not None:
            self._metrics.key_to_sound.observe(monotonic() - keyed)

    def unheard(self) -> None:
        """A screen could not be played."""
        self._metrics.unheard.inc()

    def ended(self, call: str, ending: str, cause: int, at: datetime) -> None:
        """A call ended."""
        self._keyed.pop(call, None)
        self._metrics.in_progress.labels(self._line).dec()
        self._metrics.calls.labels(self._line, ending).inc()
        self._following.ended(call, ending, cause, at)
