"""What an import is made from: which kind of file it is, and what it holds."""

import gzip
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from msgspec import Struct

from ari_app.freepbx import backup, database, dialplan, dump, generated
from ari_app.freepbx.company import Company
from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.tables import WANTED, company

ENDINGS: Final = (".wav", ".wav16", ".sln16", ".sln", ".ulaw", ".alaw", ".gsm", ".mp3", ".flac")
"""Of a recording in several formats the first of these is taken: the best that can be read."""

_GZIP: Final = b"\x1f\x8b"


class Source(Struct, frozen=True):
    """A company, and its sound files: ``en/custom/menu.wav`` -> file."""

    company: Company
    sounds: Mapping[str, Path]


def read(path: Path, kept: Path, sounds: Path | None = None) -> Source:
    """Read a source of any kind, by what is in it. Blocks.

    ``kept``: an empty directory for recordings of a backup; ``sounds``: where those of other
    sources are. Raises :class:`SourceError`.
    """
    try:
        if path.name == "freepbx.conf":
            return Source(company(database.tables(path)), below(sounds))
        with path.open("rb") as file:
            head = file.read(4096)
        if head.startswith(_GZIP):
            if _is_archive(path):
                archive = backup.read(path, kept)
                return Source(company(backup.merged(archive.tables)), archive.sounds)
            with gzip.open(path) as unpacked:
                return Source(
                    company(dump.tables(cast("BinaryIO", unpacked), WANTED)), below(sounds)
                )
        if _is_dialplan(head):
            return Source(_dialplan(path), below(sounds))
        with path.open("rb") as file:
            return Source(company(dump.tables(file, WANTED)), below(sounds))
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read: {error}") from error


def _is_archive(path: Path) -> bool:
    with gzip.open(path) as unpacked:
        head = unpacked.read(512)
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return path.name.endswith((".tgz", ".tar.gz"))
    return True


def _is_dialplan(head: bytes) -> bool:
    lines = [line.strip() for line in head.splitlines()]
    return any(
        line.startswith(b"[") or line.lower().startswith((b"exten ", b"exten=", b"#include"))
        for line in lines
    ) and not any(line.upper().startswith((b"INSERT ", b"CREATE ")) for line in lines)


def _dialplan(path: Path) -> Company:
    """The dialplan, with `queues_additional.conf` beside it, where keys in queues lead."""
    queues = path.with_name("queues_additional.conf")
    settings: Mapping[str, Mapping[str, str]] | None = None
    if queues.exists():
        with queues.open(encoding="utf-8", errors="replace") as file:
            settings = generated.settings(dialplan.lines(file))
    return generated.company(plain(path), settings)


def plain(path: Path) -> Mapping[str, dialplan.Context]:
    """The contexts of a dialplan. Raises :class:`SourceError`."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return dialplan.contexts(dialplan.lines(file))
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error


def below(sounds: Path | None) -> Mapping[str, Path]:
    """The sound files below a directory, by their path there; none without one."""
    if sounds is None:
        return {}
    return {
        str(path.relative_to(sounds)): path
        for path in sorted(sounds.rglob("*"))
        if path.suffix.lower() in ENDINGS and path.is_file()
    }


def sound(sounds: Mapping[str, Path], language: str, name: str) -> Path | None:
    """The file of a sound in a language: below its directory, or one such as ``en_US_f_Allison``;
    sounds of FreePBX 12 and before stand below none."""
    folders = [language, *sorted({each.partition("/")[0] for each in sounds})]
    own = [
        each for each in dict.fromkeys(folders) if each.replace("-", "_").split("_")[0] == language
    ]
    for folder in [f"{each}/" for each in own] + [""]:
        for ending in ENDINGS:
            if (found := sounds.get(f"{folder}{name}{ending}")) is not None:
                return found
    return None
