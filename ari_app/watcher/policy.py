"""When a process that ended is started again, and when one that is silent has hung: pure values."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

FIRST = 0.2
"""Seconds until the first new start, as in the units of systemd."""
MOST = 60.0
"""Seconds until a new start, at most."""
STEADY = 60.0
"""A process that ran for so many seconds did not fail at its start."""
LOOP = 5
"""So many starts in a row that failed are a crash loop."""
PATIENCE = 4.0
"""Seconds of silence after which an application has hung; it reports twice as often."""
STARVED = 30.0
"""So many seconds of silence at most are the machine's fault."""
FINAL = (0, 3)
"""Exit codes after which an application is not started again: it was stopped, or it was refused."""


class Attempts(Struct, frozen=True):
    """The starts of a process that failed, one after the other."""

    failed: int = 0
    due: float | None = None
    """When it is to be started, None while it runs; of the same clock as all times here."""

    @property
    def loops(self) -> bool:
        """Whether it fails again and again."""
        return self.failed >= LOOP


def ended(attempts: Attempts, began: float, now: float) -> Attempts:
    """A process that began at ``began`` has ended."""
    failed = 1 if now - began >= STEADY else attempts.failed + 1
    return Attempts(failed, now + min(MOST, FIRST * 2 ** (failed - 1)))


def begun(attempts: Attempts) -> Attempts:
    """It was started again; whether it failed its next end says."""
    return replace(attempts, due=None)


def postponed(attempts: Attempts, now: float) -> Attempts:
    """It could not be started just now, for no fault of its own."""
    return replace(attempts, due=now + FIRST)


def hurried(attempts: Attempts, now: float) -> Attempts:
    """What waits for its start is started at once."""
    return attempts if attempts.due is None else replace(attempts, due=now)


class Pulse(Struct, frozen=True):
    """The signs of life of a process: an application reports that its event loop runs."""

    heard: float | None = None
    """When it last reported; None before the first time: a start may take minutes."""
    looked: float = 0.0
    """When that was last looked at."""
    waited: Mapping[str, float] = {}
    """For how many seconds each thread had waited for a processor when it reported, since that
    began."""


def looked(pulse: Pulse, now: float) -> Pulse:
    """The pulse is looked at. A watcher that was itself stopped, as by a machine that slept, heard
    nothing meanwhile: the application gets its whole time again."""
    late = now - pulse.looked > PATIENCE / 2
    heard = now if late and pulse.heard is not None else pulse.heard
    return replace(pulse, heard=heard, looked=now)


def hangs(pulse: Pulse, now: float, patience: float = PATIENCE) -> bool:
    """Whether a process has been silent for too long."""
    return pulse.heard is not None and now - pulse.heard > patience


def starves(pulse: Pulse, now: float, waited: Mapping[str, float]) -> bool:
    """Whether a silent process waits for a processor, its threads for ``waited`` seconds since they
    began, one of them most of the time: then it has not hung, and one that is started in its place
    would wait as well, and longer. It may be another thread than the event loop's: one that has the
    interpreter. What is stopped, or waits for something else, does not."""
    if pulse.heard is None:
        return False
    silent = now - pulse.heard
    both = pulse.waited.keys() & waited.keys()
    longest = max((waited[one] - pulse.waited[one] for one in both), default=0.0)
    return silent < STARVED and longest > silent / 2
