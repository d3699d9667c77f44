"""Tasks of agents, in the store."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import convert

from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.tasks_port import Task
from ari_app.store import tasks
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database

T = TypeVar("T")


class StoredTasks:
    """See :class:`ari_app.desk.tasks_port.Tasks`; ``now`` is the clock."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def add(self, key: str, task: Task) -> None:
        """Add a task."""
        new = tasks.NewTask(
            key=key,
            text=task.text,
            owner=task.owner,
            author=task.author,
            due=task.due,
            subscriber=task.subscriber,
            number=task.number,
        )
        await _answer(self._store.write(tasks.add, new, self._now()))

    async def all(self) -> Sequence[Task]:
        """All open tasks, the soonest due first."""
        return [_shown(one) for one in await _answer(self._store.read(tasks.listed))]

    async def of_agent(self, agent: str) -> Sequence[Task]:
        """The open tasks of an agent, of anyone, or that the agent wrote."""
        found = await _answer(self._store.read(tasks.of_agent, agent))
        return [_shown(one) for one in found]

    async def due(self, at: datetime) -> Sequence[Task]:
        """The open tasks that are due at a moment."""
        found = await _answer(self._store.read(tasks.due, at))
        return [_shown(one) for one in found]

    async def of(self, subscriber: int) -> Sequence[Task]:
        """The open tasks about a subscriber."""
        found = await _answer(self._store.read(tasks.of_subscriber, subscriber))
        return [_shown(one) for one in found]

    async def one(self, id: int) -> Task:
        """An open task."""
        return _shown(await _answer(self._store.read(_open, id)))

    async def change(self, task: Task, owner: str, due: datetime) -> Task:
        """Give a task an owner and a due time."""
        change = self._store.write(_change, task.id, task.owner, owner, due)
        return _shown(await _answer(change))

    async def close(self, id: int, by: str) -> Task:
        """A task is done."""
        return _shown(await _answer(self._store.write(_close, id, by, self._now())))


class _NotOpenError(Exception):
    """The task is done, there never was one, or another agent took it: why, and the word for it."""

    def __init__(self, why: str, word: str = "task-over") -> None:
        super().__init__(why)
        self.word = word


def _open(db: Database, id: int) -> tasks.Task:
    one = tasks.by_id(db, id)
    if one is None:
        raise _NotOpenError(f"task {id} is not open any more")
    return one


def _change(db: Database, id: int, was: str, owner: str, due: datetime) -> tasks.Task:
    if _open(db, id).owner != was:
        raise _NotOpenError(f"task {id} is another agent's by now", "task-taken")
    tasks.change(db, id, owner, due)
    return _open(db, id)


def _close(db: Database, id: int, by: str, at: datetime) -> tasks.Task:
    one = _open(db, id)
    tasks.close(db, id, by, at)
    return one


def _shown(one: tasks.Task) -> Task:
    return convert(one, Task, from_attributes=True)


async def _answer(query: Awaitable[T]) -> T:
    try:
        return await query
    except StoreError as error:
        raise DeskUnavailable(str(error)) from error
    except _NotOpenError as error:
        raise DeskUnavailable(str(error), error.word) from error
