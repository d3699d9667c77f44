"""Gathers files: the configuration of an Asterisk with all that it includes, and sounds."""

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ari_app.doctor.conf import includes
from ari_app.doctor.facts import Sound

MOST = 5000
"""Files that are read at most, of each kind."""


class ReadError(Exception):
    """The configuration cannot be read; the text says what to do."""


def configuration(directory: Path) -> Mapping[str, str]:
    """The files of a directory such as /etc/asterisk and those that they include: path -> text.

    Raises :class:`ReadError`.
    """
    found: dict[str, str] = {}
    left = sorted(str(file) for file in directory.absolute().glob("*.conf"))
    if not left:
        raise ReadError(f"{directory} has no configuration of Asterisk: name its directory")
    while left and len(found) < MOST:
        path = left.pop()
        if path in found or not Path(path).is_file():
            continue
        try:
            found[path] = Path(path).read_text("utf-8", errors="replace")
        except OSError as error:
            raise ReadError(
                f"{path} cannot be read ({error.strerror}): run this as root, or as the user that "
                "Asterisk runs as"
            ) from error
        for pattern in includes(path, found[path]):
            left += _matching(pattern)
    return found


def _matching(pattern: str) -> Iterator[str]:
    """The files that an absolute pattern names; it may have wildcards in its last part."""
    path = Path(pattern)
    return (str(file) for file in path.parent.glob(path.name))


def sounds(places: Iterable[Path]) -> tuple[Sound, ...]:
    """The headers of the WAV files in these directories, or of these files."""
    return tuple(_headers(places))


def _headers(places: Iterable[Path]) -> Iterator[Sound]:
    count = 0
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*.wav*"))
        for file in files:
            count += 1
            if count > MOST:
                return
            found = _header(file)
            if found is not None:
                yield found


def _header(file: Path) -> Sound | None:
    """The header of a WAV file; None if it is none, or cannot be read."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(512)
    except OSError:
        return None
    if begin[:4] != b"RIFF" or begin[8:12] != b"WAVE":
        return None
    place = begin.find(b"fmt ")
    if place < 0 or len(begin) < place + 24:
        return None
    format, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", begin, place + 8)
    return Sound(str(file), format, channels, rate, bits)
