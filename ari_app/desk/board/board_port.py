"""What the board needs from the store and Asterisk: its port, and the settings it shows by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ivr.acd.canary import CanaryFigures
from ivr.acd.figures import Figures

LATELY = 12
"""Into how many parts the last hour of a queue is divided."""


class BoardLimits(Struct, frozen=True, kw_only=True):
    """From when on something stands out: spans in seconds, the service level in per cent.

    ``most_waiting``: callers in one queue. 0 is never. The service level counts from ``enough``
    callers in an hour on.
    """

    service_goal: int = 80
    longest_wait: int = 60
    most_waiting: int = 0
    longest_talk: int = 600
    longest_wrap_up: int = 120
    longest_pause: int = 1800
    longest_not_answering: int = 60
    enough: int = 10

    def of_state(self, state: str) -> int:
        """For how long an agent may be in a state, in seconds; 0 for any time."""
        return {
            "talking": self.longest_talk,
            "wrap-up": self.longest_wrap_up,
            "paused": self.longest_pause,
            "not-answering": self.longest_not_answering,
        }.get(state, 0)


class AgentDay(Struct, frozen=True):
    """An agent today: conversations from queues, and the part of the time that was work on calls,
    0 to 1, None without any."""

    calls: int = 0
    occupancy: float | None = None


class Doing(Struct, frozen=True):
    """What an agent does, by the name of the state and the reason of a pause, and since when."""

    state: str
    reason: str
    since: datetime


class CanaryNow(Struct, frozen=True):
    """New menus by which ``share`` per cent of the callers go, and how both sides did so far."""

    share: int
    until: datetime
    figures: CanaryFigures


class DayFigures(Struct, frozen=True, kw_only=True):
    """The figures of queues and agents up to ``at``.

    ``today`` and ``hour`` (the last 60 minutes) are by queue; ``quarters`` of all queues, by the
    beginning, from the first one with a call on; ``lately``: how many callers joined a queue in
    each of the :data:`LATELY` parts of the last hour. ``usual``: how many are answered by this time
    on the same day of other weeks, None if it is not known. ``in_time``: the wait in seconds in
    which a queue is to be answered. ``canary``: the one that runs.
    """

    at: datetime
    today: Mapping[str, Figures] = {}
    hour: Mapping[str, Figures] = {}
    quarters: Sequence[tuple[datetime, Figures]] = ()
    lately: Mapping[str, tuple[int, ...]] = {}
    agents: Mapping[str, AgentDay] = {}
    doing: Mapping[str, Doing] = {}
    usual: int | None = None
    in_time: Mapping[str, int] = {}
    canary: CanaryNow | None = None


class BoardData(Protocol):
    """May raise :class:`~ari_app.desk.ports.DeskUnavailable`."""

    def queues(self) -> Sequence[str]:
        """The queues that agents can be put into; none where they are not ours to change."""

    async def figures(self) -> DayFigures:
        """The figures of today so far."""

    async def names(self, subscribers: Collection[int]) -> Mapping[int, str]:
        """The names of subscribers."""

    async def put(self, by: str, agent: str, queue: str, serves: bool) -> bool:
        """Put an agent into a queue for good, or take them out; recorded with who did it (``by``).
        False if Asterisk has not read it yet."""

    async def alarmed(
        self, kind: str, queue: str, value: float, limit: float, text: str, over: bool
    ) -> None:
        """Notify other systems that a limit of a queue was passed, or is kept again (``over``);
        ``text`` says so to people in the first language of the site."""

    async def move(self, queue: str, channel: str, to: str) -> None:
        """Take a caller, a channel by its name, out of the queue in which they wait; ``to`` is
        ``queue-`` and a queue's name, or digits."""
