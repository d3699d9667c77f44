"""A backup of an installation: a directory with all that cannot be made again.

It is written aside and gets its name when it is whole and on the disk. Its manifest has the
checksum of every file, and the migrations of the database.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, json

from ari_app import __version__
from ari_app.store import rescue
from ari_app.store.errors import StoreError, store_error
from ari_app.store.open_database import open_reader
from ivr.numbers import NumberPlan

MANIFEST = "manifest.json"
DATABASE = "firstline.db"
FORMAT = 1
PATIENCE = 5.0
"""Seconds for which the lock of another program is waited for."""
_BLOCK = 1 << 20

Progress = Callable[[str], None]
"""Shows what is done now."""


class BackupError(Exception):
    """A backup could not be made or restored; the text says what to do."""


class Entry(Struct, frozen=True):
    """A file of a backup: bytes, checksum and permissions."""

    size: int
    sha256: str
    mode: int


class Manifest(Struct, frozen=True):
    """What a backup has; ``files`` are by their path in it."""

    format: int
    made: datetime
    version: str
    """Of the Firstline that made it."""
    schema: tuple[str, ...]
    """The migrations that its database has."""
    files: Mapping[str, Entry]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(each.size for each in self.files.values())


def backup(
    database: Path, parts: Mapping[str, Path], target: Path, numbers: NumberPlan, show: Progress
) -> Manifest:
    """Write a backup into the new directory ``target``, whether Firstline runs or not. Blocks.

    ``parts`` are the files and directories besides the database, by their names in it; those that
    are not there are left out. Raises :class:`BackupError` and ``StoreError``, and then there is
    no ``target``.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: name a new directory")
    part = target.with_name(f"{target.name}.part")
    try:
        _clear(part)
        part.mkdir(mode=0o700, parents=True)
        manifest = _write(database, parts, part, numbers, show)
        part.rename(target)
        rescue.synced(target.parent)
    except sqlite3.Error as error:
        raise store_error(database, error) or error from error
    except OSError as error:
        where = error.filename or part
        raise BackupError(f"{where}: {error.strerror}: there is no backup") from error
    return manifest


def copied(source: Path, target: Path) -> Entry:
    """Copy a file with its permissions and times, and have it on the disk."""
    found, sha, size = source.stat(), hashlib.sha256(), 0
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.touch(0o600)
    with source.open("rb") as reading, target.open("wb") as writing:
        while block := reading.read(_BLOCK):
            sha.update(block)
            size += writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    shutil.copystat(source, target)
    return Entry(size, sha.hexdigest(), found.st_mode & 0o777)


def entry_of(file: Path) -> Entry:
    """A file as it is."""
    found = file.stat()
    with file.open("rb") as reading:
        sha = hashlib.file_digest(reading, "sha256")
    return Entry(found.st_size, sha.hexdigest(), found.st_mode & 0o777)


def files_under(root: Path) -> Iterator[Path]:
    """A file, or all files of a directory; what is linked to is not followed into."""
    if root.is_file():
        yield root
    elif root.is_dir():
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def manifest_of(directory: Path) -> Manifest:
    """The manifest of a backup; raises :class:`BackupError`."""
    file = directory / MANIFEST
    try:
        found = json.decode(file.read_bytes())
        if found.get("format") != FORMAT:
            raise BackupError(f"{directory}: a newer Firstline made this backup: install that one")
        return msgspec.convert(found, Manifest)
    except FileNotFoundError as error:
        raise BackupError(f"{directory}: this is no whole backup: it has no {MANIFEST}") from error
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from error
    except (msgspec.MsgspecError, AttributeError) as error:
        raise BackupError(f"{file} is damaged ({error}): take another backup") from error


def _write(
    database: Path, parts: Mapping[str, Path], part: Path, numbers: NumberPlan, show: Progress
) -> Manifest:
    if not database.exists():
        raise StoreError(f"{database}: there is no database to back up", "deleted")
    show(f"copying the database ({database.stat().st_size / 1e6:.0f} MB)")
    with closing(open_reader(database, PATIENCE, numbers)) as db:
        rescue.copy_into(part / DATABASE, db)
    files = {DATABASE: entry_of(part / DATABASE)}
    for name, root in parts.items():
        show(f"copying {name}")
        for file in files_under(root):
            inside = name if file == root else f"{name}/{file.relative_to(root)}"
            try:
                files[inside] = copied(file, part / inside)
            except FileNotFoundError:
                continue  # removed meanwhile
    manifest = Manifest(FORMAT, datetime.now(UTC), __version__, _schema(part / DATABASE), files)
    written = part / MANIFEST
    written.write_bytes(json.format(json.encode(manifest), indent=2))
    for path in (written, *(each for each in part.rglob("*") if each.is_dir()), part):
        rescue.synced(path)
    return manifest


def _schema(file: Path) -> tuple[str, ...]:
    with closing(rescue.alone(file)) as conn:
        rows = conn.execute("select name from _sqlite_migrations order by id").fetchall()
    return tuple(name for (name,) in rows)


def _clear(part: Path) -> None:
    """Remove what an interrupted backup left; raises :class:`BackupError` if it is another's."""
    if not part.exists():
        return
    if not (part / DATABASE).exists() and any(part.iterdir()):
        raise BackupError(f"{part} is there, and no interrupted backup: remove it")
    shutil.rmtree(part)
