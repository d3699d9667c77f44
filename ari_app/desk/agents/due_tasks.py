"""Tasks that are due, and whom they remind."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ari_app.desk.tasks_port import Task, Tasks

AHEAD = timedelta(minutes=5)
"""How far ahead tasks are read, so that each reminds at its moment until the next reading."""


class DueTasks:
    """The open tasks that are due soon, as they were read last; ``now`` is the clock."""

    def __init__(self, tasks: Tasks, now: Callable[[], datetime]) -> None:
        self._tasks = tasks
        self._now = now
        self._open: Sequence[Task] = ()

    async def read(self) -> None:
        """Read them; may raise :class:`~ari_app.desk.ports.DeskUnavailable`."""
        self._open = await self._tasks.due(self._now() + AHEAD)

    def of(self, agent: str, also: Callable[[str], bool]) -> Sequence[Task]:
        """The tasks of which somebody is reminded now, the soonest first: the agent's own,
        anyone's, and those of agents for whom ``also`` is true."""
        now = self._now()
        return [
            one
            for one in self._open
            if one.due <= now and (one.owner in ("", agent) or also(one.owner))
        ]
