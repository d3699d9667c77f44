"""Sends the texts of the outbox: each once, to whoever can be reached, through restarts.

What was handed over is never handed over again. Only where nobody can know whether it was (no
answer came in time, or we died before it) is it tried again, so that such a text may come twice
rather than never.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn

from ari_app.log import masked
from ari_app.store import outbox
from ari_app.store.db import Store, StoreError
from ari_app.store.outbox import Text
from ari_app.store.sqlite import Database

log = logging.getLogger(__name__)

Send = Callable[[str, str, str], Awaitable[None]]
"""Hands a text over: its key, the number, the words. Raises whatever says why it did not.

Only after :class:`UndeliverableError` it is not tried again.
"""

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""How long after each attempt the next one follows; after the last of them there is none."""
AT_ONCE = 8
"""How many texts are on their way at the same time, each to another number."""
LOOK = 5.0
"""Seconds between two looks for what another process posted."""
DEADLINE = 30.0
"""Seconds after which an attempt ends without an answer."""


class UndeliverableError(Exception):
    """A text was refused for good."""


async def _always() -> None:
    """There is always a way to send."""


class Outbox:
    """The sender of one installation's texts.

    ``now`` is the clock; ``ready`` returns when there is a way to send, so that no attempt is
    spent while there is none.
    """

    def __init__(
        self,
        store: Store,
        send: Send,
        now: Callable[[], datetime],
        ready: Callable[[], Awaitable[None]] = _always,
    ) -> None:
        self._store = store
        self._send = send
        self._now = now
        self._ready = ready
        self._flying: set[str] = set()
        self._woken = asyncio.Event()

    async def post(self, key: str, number: str, text: str, call: str = "") -> bool:
        """Send a text to a number; False if that was asked before with the same ``key``.

        It is stored when this returns. To post inside of a transaction of your own, call
        :func:`ari_app.store.outbox.post` there, then :meth:`wake`.
        """
        new = await self._store.write(outbox.post, key, number, text, call, self._now())
        self.wake()
        return new

    def wake(self) -> None:
        """Look for texts at once."""
        self._woken.set()

    async def run(self) -> NoReturn:
        """Send for ever. Cancelled, it leaves what is on its way to the next start."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._ready()
                self._woken.clear()
                try:
                    pause = await self._begin(tasks)
                except StoreError as error:
                    log.error("texts wait for the store: %s", error)
                    pause = LOOK
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def _begin(self, tasks: asyncio.TaskGroup) -> float:
        """Begin to send what is due; returns for how many seconds there is nothing else to do."""
        now = self._now()
        busy = frozenset(self._flying)  # as of now: what is read may be old when it arrives
        for one in await self._store.read(outbox.due, now, AT_ONCE):
            if one.number not in busy and len(self._flying) < AT_ONCE:
                self._flying.add(one.number)
                tasks.create_task(self._attempt(one))
        upcoming = await self._store.read(outbox.next_due, now)
        return LOOK if upcoming is None else min(LOOK, (upcoming - now).total_seconds())

    async def _attempt(self, one: Text) -> None:
        tried = one.attempts + 1
        last = tried > len(PAUSES)
        to = masked(one.number)
        next_at = None if last else self._now() + PAUSES[one.attempts]
        await self._note(partial(outbox.start_attempt, key=one.key, next_at=next_at))
        try:
            async with asyncio.timeout(DEADLINE):
                await self._send(one.key, one.number, one.text)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the attempt
            why = str(error) or type(error).__name__
            last = last or isinstance(error, UndeliverableError)
            await self._note(partial(outbox.attempt_failed, key=one.key, error=why, last=last))
            follows = "no other follows" if last else f"the next follows in {PAUSES[tried - 1]}"
            log.warning("a text to %s: attempt %d failed, %s: %s", to, tried, follows, why)
        else:
            await self._note(partial(outbox.mark_sent, key=one.key, at=self._now()))
            log.info("a text to %s was sent", to)
        self._flying.discard(one.number)
        self.wake()

    async def _note(self, fact: Callable[[Database], None]) -> None:
        """Write a fact down, however long that takes: what was sent must be known."""
        while True:
            try:
                return await self._store.write(fact)
            except StoreError as error:
                log.error("what became of a text waits for the store: %s", error)
                await asyncio.sleep(LOOK)
