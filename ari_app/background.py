"""Tasks that run beside the calls."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Begin: TypeAlias = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
"""Starts a background task; its failure ends the task group."""


class Background:
    """Tasks of a group that are cancelled when the application stops."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._begun: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task."""
        task = self._tasks.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return task

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work to its end, also if who asked for it goes away; its failure is raised to them,
        and does not end the task group."""

        async def caught() -> tuple[T, None] | tuple[None, Exception]:
            try:
                return await work, None
            except Exception as error:  # noqa: BLE001 - it is raised again, to who asked
                return None, error

        match await asyncio.shield(self.begin(caught())):
            case _, Exception() as error:
                raise error
            case done, _:
                return done

    def cancel(self) -> None:
        """Cancel all tasks that were begun and still run."""
        for task in self._begun:
            task.cancel()


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first failure itself instead of an exception group."""
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
