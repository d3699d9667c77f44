"""How long a caller waits for the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ari_app.store.errors import StoreError

PATIENCE = 5.0
"""Seconds."""


@asynccontextmanager
async def patience(seconds: float | None = None) -> AsyncIterator[None]:
    """Let a caller wait no longer than that: then it is a ``StoreError``. What was to be written
    may be written later all the same, but for :meth:`ari_app.store.db.Store.write_in_time`."""
    seconds = PATIENCE if seconds is None else seconds
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise StoreError(f"the database did not answer in {seconds:g} s", "slow") from None
