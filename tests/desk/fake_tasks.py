"""Tasks of agents, in memory."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.tasks_port import Task


class FakeTasks:
    """The open tasks, by id."""

    def __init__(self) -> None:
        self.open: dict[int, Task] = {}
        self.done: list[tuple[int, str]] = []

    async def add(self, key: str, task: Task) -> None:
        id = len(self.open) + len(self.done) + 1
        self.open[id] = replace(task, id=id)

    async def all(self) -> Sequence[Task]:
        return sorted(self.open.values(), key=lambda one: one.due)

    async def of_agent(self, agent: str) -> Sequence[Task]:
        return [one for one in await self.all() if one.owner in ("", agent) or one.author == agent]

    async def due(self, at: datetime) -> Sequence[Task]:
        return [one for one in await self.all() if one.due <= at]

    async def of(self, subscriber: int) -> Sequence[Task]:
        return [one for one in self.open.values() if one.subscriber == subscriber]

    async def one(self, id: int) -> Task:
        if id not in self.open:
            raise DeskUnavailable(f"task {id} is not open any more", "task-over")
        return self.open[id]

    async def change(self, task: Task, owner: str, due: datetime) -> Task:
        if (await self.one(task.id)).owner != task.owner:
            raise DeskUnavailable(f"task {task.id} is another agent's by now", "task-taken")
        self.open[task.id] = replace(task, owner=owner, due=due)
        return self.open[task.id]

    async def close(self, id: int, by: str) -> Task:
        one = await self.one(id)
        del self.open[id]
        self.done.append((id, by))
        return one
