"""The warm processes of one engine: several sentences at the same time."""

import asyncio
import os
from collections.abc import Mapping, Sequence

from prompts.messages import SpeakRequest
from prompts.speech_process import SpeechBusy, Worker

MOST = 4
"""Processes of one engine at most: each takes 60 to 130 MB."""


def cores() -> int:
    """How many processes this machine has cores for, at most :data:`MOST`."""
    return min(len(os.sched_getaffinity(0)), MOST)


class Pool:
    """Processes that all speak the same voices."""

    def __init__(
        self, command: Sequence[str], size: int, environment: Mapping[str, str] | None = None
    ) -> None:
        self._workers = tuple(Worker(command, environment) for _ in range(size))
        self._idle = asyncio.LifoQueue[Worker]()
        for worker in self._workers:
            self._idle.put_nowait(worker)

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of the running processes."""
        return tuple(worker.pid for worker in self._workers if worker.pid is not None)

    @property
    def size(self) -> int:
        """How many sentences are spoken at the same time."""
        return len(self._workers)

    async def start(self) -> str:
        """Start all processes; returns the engine's version. Raises ``SpeechFailed``."""
        started = await asyncio.gather(
            *(worker.start() for worker in self._workers), return_exceptions=True
        )
        for each in started:
            if isinstance(each, BaseException):
                await self.stop()
                raise each
        return self._workers[0].version

    async def speak(self, request: SpeakRequest, deadline: float, patience: float) -> None:
        """Write the file of ``request``. Raises ``SpeechFailed``.

        It waits ``patience`` seconds for a free process, and ``deadline`` seconds for the sentence.
        """
        try:
            async with asyncio.timeout(patience):
                worker = await self._idle.get()
        except TimeoutError:
            raise SpeechBusy(
                f"all {self.size} processes of the speech engine are busy for {patience:g} s: "
                "it is too slow for so many calls; give it more CPU, or record the prompts"
            ) from None
        try:
            await worker.speak(request, deadline)
        finally:
            self._idle.put_nowait(worker)

    async def renew(self) -> None:
        """Restart the processes, which frees the memory that much speech leaves behind (12 MB)."""
        for worker in self._workers:
            await worker.renew()

    async def stop(self) -> None:
        """Kill the processes; sentences in progress fail."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))
