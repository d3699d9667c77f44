"""What the page of the plan needs from the store: its port."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from msgspec import Struct

from ivr.staffing.plan import Plan
from ivr.staffing.shifts import Shift


class PlanQuery(Struct, frozen=True, kw_only=True):
    """What is to be planned; None is what the settings say. ``level`` and ``away`` are parts, 0 to
    1, ``within`` seconds; ``agents``: other numbers of agents of shifts, by name."""

    day: date
    queue: str = ""
    level: float | None = None
    within: float | None = None
    away: float | None = None
    agents: Mapping[str, int] = {}


class PlanView(Struct, frozen=True, kw_only=True):
    """A plan and what it was made for: the ``queues`` that there are, the goal, the shifts, by how
    much forecasts of the last weeks were wrong, the patience of callers in seconds."""

    plan: Plan
    queues: Sequence[str]
    level: float
    within: float
    away: float
    shifts: Mapping[str, Shift]
    error: float | None
    patience: float | None


class Planning(Protocol):
    """May raise :class:`~ari_app.desk.ports.DeskUnavailable`."""

    async def plan(self, query: PlanQuery) -> PlanView:
        """The plan of a day."""
