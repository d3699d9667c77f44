"""Asterisk's spool of recordings: what a crash left there is kept for its call, or removed.

An application that goes on with a call takes its recording up. What is of a call that has ended was
left by one that could not: speech is kept with the other recordings, for as long as those are, and
silence is removed.
"""

import asyncio
import logging
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.rest import Recordings as OfAsterisk
from ari_app.calls.inbound import InboundCalls
from ari_app.calls.recordings import Recordings
from ari_app.main.shared import Shared
from ari_app.session.line import LineError
from ari_app.store import calls
from ari_app.store.db import Store, StoreError

log = logging.getLogger(__name__)

SOON = 30.0
"""Seconds after the connection until the first look: calls that were left go on by then."""
EVERY = 3600.0


async def run(shared: Shared, inbound: InboundCalls) -> NoReturn:
    """Sweep the spool now and then, for ever."""
    while True:
        try:
            await shared.link.wait_connected()
            await asyncio.sleep(SOON)
            found = shared.link.ari.recordings
            await sweep(found, shared.store, shared.recordings, inbound.in_progress)
        except (AriError, UnreachableError, RefusedError, StoreError, LineError) as error:
            log.warning("the recordings in Asterisk's spool are looked at later: %s", error)
        await asyncio.sleep(EVERY)


async def sweep(
    found: OfAsterisk, store: Store, recordings: Recordings, in_progress: Collection[str]
) -> None:
    """Look once at all recordings that Asterisk has, but for those of calls ``in_progress``."""
    for name in await found.list_stored():
        call = name.rpartition("-")[0]
        if call in in_progress or not await store.read(calls.is_over, call):
            continue
        try:
            await recordings.keep_left(name, await found.get_stored_file(name))
            await found.delete_stored(name)
        except GoneError:
            continue


async def sweep_directory(directory: Path, recordings: Recordings) -> None:
    """The same for a spool of our own, before a call records there."""
    for file in directory.glob("*.wav"):
        await recordings.keep_left(file.stem, await asyncio.to_thread(file.read_bytes))
        file.unlink(missing_ok=True)
