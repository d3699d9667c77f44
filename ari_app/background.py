"""What goes on beside the calls."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Background:
    """What goes on beside the calls and ends with the application."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._begun: set[asyncio.Task[Any]] = set()

    def begin(self, deed: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin a deed."""
        task = self._tasks.create_task(deed)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return task

    def cancel(self) -> None:
        """End them all."""
        for task in self._begun:
            task.cancel()


@asynccontextmanager
async def group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose one failure comes out as itself."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
