"""Sentences that another engine spoke in a burst: their own engine speaks them when it is quiet."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from prompts.pieces import SpokenText
from prompts.speech_process import SpeechFailed

log = logging.getLogger(__name__)

MOST = 1_000
"""Sentences that are remembered; further ones are spoken when a caller wants them again."""

PAUSE = 0.5
"""Seconds between two looks whether callers wait for speech."""


class CatchingUp:
    """Speaks one sentence at a time while no caller waits for speech, and pauses after each for as
    long as that took; it begins by itself."""

    def __init__(
        self, speak: Callable[[SpokenText], Awaitable[None]], busy: Callable[[], bool]
    ) -> None:
        """``speak`` raises :class:`SpeechFailed`; ``busy``: whether a caller waits for speech."""
        self._speak = speak
        self._busy = busy
        self._missed: dict[SpokenText, None] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, words: SpokenText) -> None:
        """A sentence whose own engine was busy."""
        if len(self._missed) < MOST:
            self._missed[words] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Forget all sentences."""
        self._missed.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._missed:
            await asyncio.sleep(PAUSE)
            while self._missed and not self._busy():
                words = next(iter(self._missed))
                del self._missed[words]
                began = time.monotonic()
                try:
                    await self._speak(words)
                except SpeechFailed as failure:
                    log.warning("a sentence is left to another voice: %s", failure)
                except Exception:  # the outermost frame: the other sentences are spoken yet
                    log.exception("a sentence could not be spoken again")
                await asyncio.sleep(time.monotonic() - began)  # half of the time is for others
