"""A backup of FreePBX: JSON of each module and recordings (15 to 17), or SQL (13 and 14).

Nothing is unpacked by its name: files that are wanted are read, and recordings are kept under
numbers of ours, so that no name in an archive leads anywhere.
"""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Final, cast

import msgspec

from ari_app.freepbx.dump import tables
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.tables import WANTED, Row, Tables

LARGEST_JSON: Final = 64 << 20
LARGEST_SOUND: Final = 64 << 20
MOST_SOUND: Final = 2 << 30
MOST_FILES: Final = 500_000
RATIO: Final = 200
"""By how much an archive may grow when it is read: recordings and SQL grow tenfold."""

SOUNDS: Final = "var/lib/asterisk/sounds/"
MOST_SQL: Final = 100 << 30
_SPARE: Final = 1 << 30

_SIGNS: Final = {
    "ivr_entries": {"ivr_id", "selection"},
    "ivr_details": {"invalid_loops", "timeout_loops"},
    "recordings": {"displayname", "filename"},
    "announcement": {"announcement_id", "post_dest"},
    "timeconditions": {"timeconditions_id", "truegoto"},
    "timegroups_details": {"timegroupid", "time"},
    "queues_config": {"extension", "descr", "maxwait"},
    "queues_details": {"keyword", "data", "flags"},
    "ringgroups": {"grpnum", "grplist"},
    "miscdests": {"destdial"},
    "miscapps": {"miscapps_id", "dest"},
    "daynight": {"ext", "dmode"},
    "languages": {"language_id", "lang_code"},
    "queueprio": {"queueprio_id", "queue_priority"},
    "setcid": {"cid_id", "dest"},
    "incoming": {"cidnum", "destination"},
    "users": {"extension", "voicemail", "ringtimer"},
    "featurecodes": {"modulename", "featurename"},
}
"""Table -> columns by which its rows are known, wherever a module keeps them in its JSON."""


class Archive(msgspec.Struct):
    """What is in a backup: rows of tables, and sound files by their path below the sounds.

    ``size``: the bytes of the sound files so far.
    """

    tables: dict[str, list[Row]]
    sounds: dict[str, Path]
    size: int = 0


def read(path: Path, kept: Path) -> Archive:
    """Read a backup; recordings are copied into ``kept``. Blocks.

    Raises :class:`SourceError` for an archive that is damaged, cut, hostile, or no backup.
    """
    found = Archive({}, {})
    try:
        with gzip.open(path) as unpacked:
            stream = _Bounded(cast("BinaryIO", unpacked), path.stat().st_size * RATIO + _SPARE)
            with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive:
                for number, member in enumerate(archive):
                    if number > MOST_FILES:
                        raise SourceError(f"{path.name} has more than {MOST_FILES} files")
                    _take(archive, member, found, kept)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise SourceError(f"{path.name} is damaged or cut: {error}") from error
    if not found.tables:
        raise SourceError(f"{path.name} is no backup of FreePBX: no module and no SQL is in it")
    return found


class _Bounded:
    """A file that may not become larger than ``most`` bytes: small archives can hold terabytes."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise SourceError(f"this archive grows more than {RATIO} times, or has no end")
        return piece


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, found: Archive, kept: Path) -> None:
    name = PurePosixPath(member.name.removeprefix("./"))
    if ".." in name.parts:
        raise SourceError(
            f"the archive has a file outside of itself, {member.name!r}: no backup has"
        )
    if not member.isfile():
        return
    text = str(name).lstrip("/").removeprefix("files/")
    file = archive.extractfile(member)
    if file is None:
        return
    if name.parent.name == "modulejson" and name.suffix == ".json":
        if member.size > LARGEST_JSON:
            raise SourceError(f"{member.name} has more than {LARGEST_JSON >> 20} MB")
        _module(member.name, file.read(), found.tables)
    elif name.name.startswith("mysql-") and name.name.endswith((".sql", ".sql.gz")):
        _sql(cast("BinaryIO", file), name.name.endswith(".gz"), found.tables)
    elif text.startswith(SOUNDS) and member.size <= LARGEST_SOUND:
        copy = kept / f"{len(found.sounds)}{name.suffix.lower()}"
        found.size += member.size
        if found.size > MOST_SOUND:
            raise SourceError(f"the recordings have more than {MOST_SOUND >> 30} GB")
        with copy.open("wb") as out:
            shutil.copyfileobj(file, out)
        found.sounds[text.removeprefix(SOUNDS)] = copy


def _sql(file: BinaryIO, packed: bool, found: dict[str, list[Row]]) -> None:
    """One dump a database: of those that are not FreePBX's nothing is wanted."""
    if packed:
        with gzip.open(file) as unpacked:
            stream = _Bounded(cast("BinaryIO", unpacked), MOST_SQL)
            found.update(tables(cast("BinaryIO", stream), WANTED))
    else:
        found.update(tables(file, WANTED))


def _module(name: str, text: bytes, found: dict[str, list[Row]]) -> None:
    try:
        module = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(f"{name} is no JSON: {error}") from error
    configs = module.get("configs") if isinstance(module, dict) else None
    for row in _rows(configs, 0):
        for table, signs in _SIGNS.items():
            if signs <= row.keys():
                found.setdefault(table, []).append(_row(row))
                break
    if isinstance(configs, dict) and isinstance(store := configs.get("kvstore"), dict):
        found.setdefault("kvstore_FreePBX_modules_Customappsreg", []).extend(_stored(store))


def _rows(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """All objects in a module's JSON."""
    if depth > 6:
        return
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _rows(each, depth + 1)


def _row(value: dict[str, Any]) -> Row:
    """Columns as SQL has them: texts."""
    return {
        key: None if each is None else str(int(each)) if isinstance(each, bool) else str(each)
        for key, each in value.items()
        if not isinstance(each, (dict, list))
    }


def _stored(store: dict[str, Any]) -> Iterator[Row]:
    """Custom destinations: in the kvstore, whose values may be texts or objects."""
    dests = store.get("dests")
    for key, value in dests.items() if isinstance(dests, dict) else ():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        yield {"id": "dests", "key": str(key), "val": text}


def merged(found: Tables) -> Tables:
    """Tables without rows that stand there twice."""
    return {
        table: list(
            {tuple(sorted(row.items(), key=lambda each: each[0])): row for row in rows}.values()
        )
        for table, rows in found.items()
    }
