"""The warm processes of one engine: several sentences at the same time."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence

from prompts.messages import SpeakRequest
from prompts.speech_process import SpeechBusy, Worker

MOST = 4
"""Processes of one engine at most: each takes 60 to 130 MB."""

_USUAL, _WEIGHT = 0.002, 0.2
"""Seconds of a letter before any was measured, and how much each sentence then counts."""


def cores() -> int:
    """How many processes this machine has cores for, at most :data:`MOST`."""
    return min(len(os.sched_getaffinity(0)), MOST)


class Pool:
    """Processes that all speak the same voices."""

    def __init__(
        self,
        command: Sequence[str],
        size: int,
        environment: Mapping[str, str] | None = None,
        *,
        warm: int | None = None,
    ) -> None:
        """``warm`` processes begin with the pool, by default all; others when they are needed."""
        self._warm = size if warm is None else warm
        self._workers = tuple(Worker(command, environment) for _ in range(size))
        self._idle = asyncio.LifoQueue[Worker]()
        self._waiting = 0
        self._usual = _USUAL
        for worker in reversed(self._workers):  # the last one in is the first one out: a warm one
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
        """Start the warm processes; returns the engine's version. Raises ``SpeechFailed``."""
        warm = self._workers[: self._warm]
        started = await asyncio.gather(*(each.start() for each in warm), return_exceptions=True)
        for each in started:
            if isinstance(each, BaseException):
                await self.stop()
                raise each
        return self._workers[0].version

    async def speak(self, request: SpeakRequest, deadline: float, patience: float) -> None:
        """Write the file of ``request``. Raises ``SpeechFailed``.

        It waits at most ``patience`` seconds for a free process, and not at all if those who wait
        already will take longer; then ``deadline`` seconds for the sentence.
        """
        expected = (self._waiting + len(request.text)) * self._usual / self.size
        if self._idle.empty() and expected > patience:
            raise self._busy(expected)
        self._waiting += len(request.text)
        try:
            async with asyncio.timeout(patience):
                worker = await self._idle.get()
        except TimeoutError:
            raise self._busy(patience) from None
        finally:
            self._waiting -= len(request.text)
        began = time.monotonic()
        try:
            await worker.speak(request, deadline)
            took = (time.monotonic() - began) / len(request.text)
            self._usual += _WEIGHT * (took - self._usual)
        finally:
            self._idle.put_nowait(worker)

    def _busy(self, seconds: float) -> SpeechBusy:
        return SpeechBusy(
            f"all {self.size} processes of the speech engine are busy for {seconds:.1f} s: "
            "it is too slow for so many calls; give it more CPU, or record the prompts"
        )

    async def renew(self) -> None:
        """Restart the processes, which frees the memory that much speech leaves behind (12 MB)."""
        for worker in self._workers:
            if worker.pid is not None:
                await worker.renew()

    async def stop(self) -> None:
        """Kill the processes; sentences in progress fail."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))
