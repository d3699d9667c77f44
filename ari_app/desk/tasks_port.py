"""The port of agents' tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Task(Struct, frozen=True, kw_only=True):
    """What is to be done by its ``owner`` ("": by anyone) until it is ``due``. It was written by
    its ``author``; the ``subscriber`` whom it is about is called ``name``."""

    id: int
    text: str
    owner: str
    author: str
    due: datetime
    subscriber: int | None = None
    number: str = ""
    name: str = ""


class Tasks(Protocol):
    """The open tasks. May raise :class:`~ari_app.desk.ports.DeskUnavailable`, also for a task that
    is done meanwhile."""

    async def add(self, key: str, task: Task) -> None:
        """Add a task, whose id and name do not count; the same key twice is once."""

    async def all(self) -> Sequence[Task]:
        """All open tasks, the soonest due first."""

    async def of_agent(self, agent: str) -> Sequence[Task]:
        """The open tasks of an agent, of anyone, or that the agent wrote, the soonest due first."""

    async def due(self, at: datetime) -> Sequence[Task]:
        """The open tasks that are due at a moment, the soonest first."""

    async def of(self, subscriber: int) -> Sequence[Task]:
        """The open tasks about a subscriber."""

    async def one(self, id: int) -> Task:
        """An open task."""

    async def change(self, task: Task, owner: str, due: datetime) -> Task:
        """Give a task an owner and a due time, if it still has the owner that was read."""

    async def close(self, id: int, by: str) -> Task:
        """A task is done; returns it."""
