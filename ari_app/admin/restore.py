"""Puts a backup in the place of an installation; until its end the old state stays.

Everything is checked and staged beside its place first. Then a plan is written, each part is
exchanged by renames, and the database last: where that was not exchanged, the rest is put back.
"""

import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from msgspec import json

from ari_app.admin.backup import (
    DATABASE,
    BackupError,
    Manifest,
    Progress,
    copied,
    entry_of,
    manifest_of,
)
from ari_app.store import rescue
from ari_app.store.schema import KNOWN

PLAN = "restoring.json"

Exchange = Callable[[], Awaitable[None]]
"""Puts the staged database in the place of the one that is there."""


def checked(source: Path, show: Progress) -> Manifest:
    """The manifest of a backup that is whole and can be read. Reads all of it; blocks.

    Raises :class:`BackupError`.
    """
    manifest = manifest_of(source)
    if newer := sorted(set(manifest.schema) - KNOWN):
        raise BackupError(
            f"{source}: Firstline {manifest.version} made this backup, with a newer database "
            f"({newer[-1]}): install that version"
        )
    if DATABASE not in manifest.files:
        raise BackupError(f"{source}: this backup has no database")
    show("comparing checksums")
    for name, known in manifest.files.items():
        file = source / name
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise BackupError(f"{source}: {name!r} leads out of the backup: it is refused")
        try:
            found = entry_of(file)
        except OSError as error:
            raise BackupError(f"{file}: {error.strerror}: take another backup") from error
        if (found.size, found.sha256) != (known.size, known.sha256):
            raise BackupError(f"{file}: it differs from its checksum: take another backup")
    if not rescue.whole(source / DATABASE):
        raise BackupError(f"{source / DATABASE}: the database is damaged: take another backup")
    return manifest


async def restore(
    source: Path,
    manifest: Manifest,
    state: Path,
    parts: Mapping[str, Path],
    exchange: Exchange,
    show: Progress,
) -> Sequence[Path]:
    """Restore a backup that was :func:`checked`; returns where what was there is kept.

    ``parts`` are those of :func:`ari_app.admin.backup.backup`; of what the backup has not, all
    stays. Raises what ``exchange`` raises, and :class:`BackupError`: then nothing was changed.
    """
    present = {name for each in manifest.files if (name := each.partition("/")[0]) != DATABASE}
    places = {name: parts[name] for name in sorted(present) if name in parts}
    every = {DATABASE: state / DATABASE, **places}
    with _locked(state):
        _recover(state)
        try:
            show("copying the backup")
            _stage(source, manifest, every)
            _write_plan(state, places.values())
            show("exchanging the files")
            for place in places.values():
                _exchange(place)
            await exchange()
        except OSError as error:
            _undo(state, every.values())
            where = error.filename or state
            raise BackupError(f"{where}: {error.strerror}: nothing was changed") from error
        except BaseException:
            _undo(state, every.values())
            raise
        (state / PLAN).unlink()
    return [kept for place in every.values() if (kept := rescue.kept(place)).exists()]


def recover(state: Path) -> bool:
    """End a restore that was interrupted: put back what it exchanged. Whether there was one.

    One that had exchanged the database is whole. :class:`BackupError`: one goes on now.
    """
    if not (state / PLAN).exists():
        return False
    with _locked(state):
        return _recover(state)


@contextmanager
def _locked(state: Path) -> Iterator[None]:
    with (state / "restoring.lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(
                f"{state}: a backup is restored here now: wait for its end"
            ) from error
        yield


def _recover(state: Path) -> bool:
    plan, staged = state / PLAN, rescue.staged(state / DATABASE)
    if not plan.exists():
        return False
    if staged.exists():
        for place in map(Path, json.decode(plan.read_bytes(), type=list[str])):
            _put_back(place)
        _remove(staged)
    plan.unlink()
    return True


def _stage(source: Path, manifest: Manifest, places: Mapping[str, Path]) -> None:
    """Copy a backup beside its places; what other restores left there is removed."""
    for place in places.values():
        _remove(rescue.staged(place))
        _remove(rescue.kept(place))
    for name in manifest.files:
        part, _, inside = name.partition("/")
        if part in places:
            staged = rescue.staged(places[part])
            copied(source / name, staged / inside if inside else staged)


def _write_plan(state: Path, places: Iterable[Path]) -> None:
    part = state / f"{PLAN}.part"
    part.write_bytes(json.encode([str(place) for place in places]))
    rescue.synced(part)
    part.rename(state / PLAN)
    rescue.synced(state)


def _undo(state: Path, places: Iterable[Path]) -> None:
    if not _recover(state):
        for place in places:
            _remove(rescue.staged(place))


def _exchange(place: Path) -> None:
    with suppress(FileNotFoundError):
        place.rename(rescue.kept(place))
    rescue.staged(place).rename(place)
    rescue.synced(place.parent)


def _put_back(place: Path) -> None:
    staged, kept = rescue.staged(place), rescue.kept(place)
    if not staged.exists():  # it was exchanged
        _remove(place)
    if kept.exists():
        kept.rename(place)
    _remove(staged)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
