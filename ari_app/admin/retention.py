"""Removes records whose retention has expired: once an hour, in small batches."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Literal, NoReturn, TypeAlias

from ari_app.calls.conversation_files import ConversationFiles
from ari_app.calls.recordings import Recordings
from ari_app.config.retention_settings import RetentionSettings
from ari_app.store import conversations, retention
from ari_app.store.conversations import Conversation
from ari_app.store.db import Store
from ari_app.store.retention import KINDS, Kind

log = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two runs."""
BATCH = 500
"""Records removed in one transaction."""
BATCHES = 40
"""Transactions of a run for each kind; the rest waits for the next run."""

What: TypeAlias = Kind | Literal["recordings", "conversations"]
WHAT: tuple[What, ...] = (*KINDS, "recordings", "conversations")
"""All kinds with a retention; each has its setting."""


async def run(
    store: Store,
    settings: RetentionSettings,
    recorded: Recordings,
    most: float,
    now: Callable[[], datetime],
) -> NoReturn:
    """Remove expired records, for ever, and the oldest conversations if all recordings of them have
    more than ``most`` bytes (0: as many as there are)."""

    async def remove() -> None:
        removed = await remove_expired(store, settings, recorded, now())
        if removed:
            counts = ", ".join(f"{kind} {count}" for kind, count in removed.items())
            log.info("retention expired, removed: %s", counts)
        if most and (surplus := await remove_surplus(store, recorded.conversations, most)):
            log.info("more recordings than `most` of [conversations], removed: %d", surplus)

    await _for_ever(remove, "records")


async def remove_expired(
    store: Store, settings: RetentionSettings, recorded: Recordings, now: datetime
) -> Mapping[str, int]:
    """Remove expired records; returns how many of each kind, if any."""
    removed = dict.fromkeys(WHAT, 0)
    for kind, before in _expiries(settings, now):
        for _ in range(BATCHES):
            count = await _batch(store, recorded, kind, before)
            removed[kind] += count
            if count < BATCH:
                break
    return {kind: count for kind, count in removed.items() if count}


async def count_expired(
    store: Store, settings: RetentionSettings, recorded: Recordings, now: datetime
) -> Mapping[str, int]:
    """How many records of each kind have expired; kinds without a retention are left out."""
    found: dict[str, int] = {}
    for kind, before in _expiries(settings, now):
        if kind == "conversations":
            found[kind] = await store.read(conversations.count_before, before)
        elif kind == "recordings":
            found[kind] = len(await _recordings(store, recorded, before))
        else:
            found[kind] = await store.read(retention.count_expired, kind, before)
    return found


async def run_for_files(
    store: Store, settings: RetentionSettings, recorded: Recordings, now: Callable[[], datetime]
) -> NoReturn:
    """Remove the expired files of one of several workers, for ever: the one that leads removes the
    records, and knows only files of its own."""
    await _for_ever(lambda: remove_files(store, settings, recorded, now()), "files")


async def _for_ever(remove: Callable[[], Awaitable[None]], what: str) -> NoReturn:
    """Remove again and again; a failure is logged."""
    while True:
        try:
            await remove()
        except Exception as error:  # noqa: BLE001 - the outermost frame
            log.error("expired %s not removed, retry in %g s: %s", what, EVERY, error)
        await asyncio.sleep(EVERY)


async def remove_files(
    store: Store, settings: RetentionSettings, recorded: Recordings, now: datetime
) -> None:
    """Remove the files here that are expired, of whatever the store does not keep."""
    for kind, before in _expiries(settings, now):
        if kind == "recordings":
            names = await _recordings(store, recorded, before)
            await asyncio.to_thread(recorded.forget, names.keys())
        elif kind == "conversations":
            await _forget_unknown(store, recorded.conversations, before)


async def _batch(store: Store, recorded: Recordings, kind: What, before: datetime) -> int:
    if kind == "conversations":
        return await _conversations(store, recorded.conversations, before)
    if kind != "recordings":
        return await store.write_unsynced(retention.remove_expired, kind, before, BATCH)
    some = dict(islice((await _recordings(store, recorded, before)).items(), BATCH))
    await asyncio.to_thread(recorded.forget, some.keys())
    await store.write_unsynced(retention.clear_recordings, [id for id in some.values() if id])
    return len(some)


async def _conversations(store: Store, files: ConversationFiles, before: datetime) -> int:
    """Remove some expired conversations, then recordings that are no known conversation's."""
    some = await store.read(conversations.oldest, BATCH, before)
    await _remove(store, files, some)
    if len(some) < BATCH:
        await _forget_unknown(store, files, before)
    return len(some)


async def _forget_unknown(store: Store, files: ConversationFiles, before: datetime) -> None:
    """Remove old recordings that are no known conversation's."""
    old = await asyncio.to_thread(files.old, before)
    known = await store.read(conversations.known, old)
    await asyncio.to_thread(files.remove, [name for name in old if name not in known])


async def remove_surplus(store: Store, files: ConversationFiles, most: float) -> int:
    """Remove the oldest conversations until all recordings have ``most`` bytes; returns how
    many."""
    sizes = await asyncio.to_thread(files.sizes)
    surplus, removed = sum(sizes.values()) - most, 0
    while surplus > 0:
        some = await store.read(conversations.oldest, BATCH, None)
        picked: list[Conversation] = []
        for one in some:
            if surplus <= 0:
                break
            picked.append(one)
            surplus -= sizes.get(one.file, 0)
        if not picked:
            break
        await _remove(store, files, picked)
        removed += len(picked)
    return removed


async def _remove(store: Store, files: ConversationFiles, some: Sequence[Conversation]) -> None:
    await asyncio.to_thread(files.remove, [one.file for one in some])
    await store.write_unsynced(conversations.remove, [one.id for one in some])


async def _recordings(store: Store, recorded: Recordings, before: datetime) -> dict[str, int]:
    """The names of expired recordings, with the complaint of each, 0 if there is none."""
    over, others = await store.read(retention.expired_recordings, before)
    kept = {Path(file).name for file in others}
    old = await asyncio.to_thread(recorded.old, before)
    of_complaints = {Path(file).name: id for file, id in over.items()}
    return dict.fromkeys((name for name in old if name not in kept), 0) | of_complaints


def _expiries(settings: RetentionSettings, now: datetime) -> Iterator[tuple[What, datetime]]:
    """Each kind with a retention, and the time before which records have expired."""
    for kind in WHAT:
        days: int = getattr(settings, kind)
        if days:
            yield kind, now - timedelta(days=days)
