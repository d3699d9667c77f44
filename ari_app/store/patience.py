"""How long a caller waits for the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ari_app.store.errors import StoreError

PATIENCE = 5.0
"""Seconds."""


@asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """Let a caller wait no longer than that: then it is a ``StoreError``. What was to be written
    may be written later all the same."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise StoreError(f"the database did not answer in {PATIENCE:g} s", "slow") from None
