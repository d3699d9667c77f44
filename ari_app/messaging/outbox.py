"""Sends the text messages of the outbox, each once, with retries that survive restarts.

A message that was handed over is never handed over again. It is sent a second time only where it is
unknown whether the first attempt arrived (no answer in time, or a crash before it): at least once
rather than never.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn

from ari_app.log import masked
from ari_app.retry import RetryWorker, Schedule
from ari_app.store import outbox
from ari_app.store.db import Store, StoreError
from ari_app.store.outbox import Text

log = logging.getLogger(__name__)

Send = Callable[[str, str, str], Awaitable[None]]
"""Hands a message over: its key, the number, the text. Any exception is a failed attempt; after an
:class:`UndeliverableError` there is no other attempt.
"""

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=1),
)
"""The pause after each attempt; after the last of them there is one attempt more. A phone that
registers meanwhile gets its texts at once, by :meth:`Outbox.retry`."""
CONCURRENCY = 8
"""How many messages are being sent at the same time, each to another number."""
LOOK = 5.0
"""Seconds between two looks for messages that another process has posted."""
DEADLINE = 30.0
"""Seconds after which an attempt without an answer has failed."""


class UndeliverableError(Exception):
    """A message was refused for good."""


class Outbox:
    """The sender of one installation's text messages.

    ``now`` is the clock; ``ready`` returns when there is a way to send, so that no attempt is
    spent while there is none. The methods below :meth:`run` are for its
    :class:`~ari_app.retry.RetryWorker`.
    """

    def __init__(
        self,
        store: Store,
        send: Send,
        now: Callable[[], datetime],
        ready: Callable[[], Awaitable[None]] | None = None,
        owner: int = 0,
    ) -> None:
        """``owner``: the worker that sends, if several share the store."""
        self._owner = owner
        self._store = store
        self._send = send
        self._now = now
        self._ready = ready
        self._schedule = Schedule(PAUSES)
        self._worker = RetryWorker(
            "text messages",
            self,
            self._schedule,
            now,
            unavailable=StoreError,
            concurrency=CONCURRENCY,
            look=LOOK,
        )

    async def post(
        self, key: str, number: str, text: str, call: str = "", until: datetime | None = None
    ) -> bool:
        """Send a text to a number; False if one with the same ``key`` was posted before.

        It is not sent after ``until``. It is stored when this returns, and never sent where this
        raises ``StoreError``. To post inside a
        transaction of your own, call :func:`ari_app.store.outbox.post` there, then :meth:`wake`.
        """
        new = await self._store.write_in_time(
            outbox.post, key, number, text, call, self._now(), until
        )
        self.wake()
        return new

    async def retry(self, number: str) -> None:
        """Send what waits for a number at once, such as when its phone has registered."""
        if waiting := await self._store.write(outbox.make_due, number, self._now()):
            log.info("text to %s: the phone has registered, %d to send", masked(number), waiting)
            self.wake()

    def wake(self) -> None:
        """Look for messages at once."""
        self._worker.wake()

    async def run(self) -> NoReturn:
        """Send for ever. Cancelled, it leaves what is being sent to the next start."""
        await self._worker.run(self._ready)

    def lane(self, text: Text) -> str:
        """Messages to one number are sent one after the other."""
        return text.number

    def taken(self) -> frozenset[str]:
        """No messages are sent elsewhere."""
        return frozenset()

    async def due(self, now: datetime, limit: int) -> Sequence[Text]:
        """The messages to send, at most one for each number."""
        if await self._store.read(outbox.has_expired, now):
            for number in await self._store.write(outbox.drop_expired, now):
                log.warning("text to %s: %s", masked(number), outbox.EXPIRED)
        found = await self._store.read(outbox.due, now, limit, self._owner)
        if found and self._owner:
            return await self._store.write(outbox.claim, now, limit, self._owner)
        return found

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next message is to be sent."""
        return await self._store.read(outbox.next_due, now)

    async def begin(self, text: Text, now: datetime, next_at: datetime | None) -> bool:  # noqa: ARG002 - of RetryWorker
        """Count the attempt."""
        return await self._store.write(outbox.start_attempt, text.key, next_at, self._owner)

    async def attempt(self, text: Text) -> None:
        """Send a message and store what came of it."""
        to = masked(text.number)
        next_at = self._schedule.next_attempt(text.attempts, now := self._now())
        write, insist = self._store.write, self._worker.insist
        try:
            async with asyncio.timeout(DEADLINE):
                await self._send(text.key, text.number, text.text)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the attempt
            why = str(error) or type(error).__name__
            last = next_at is None or isinstance(error, UndeliverableError)
            follows = "given up" if next_at is None or last else f"retry in {next_at - now}"
            attempt = text.attempts + 1
            log.warning("text to %s: attempt %d failed, %s: %s", to, attempt, follows, why)
            await insist(partial(write, outbox.attempt_failed, text.key, why, last, self._owner))
        else:
            log.info("text to %s: sent", to)
            await insist(partial(write, outbox.mark_sent, text.key, self._now(), self._owner))
