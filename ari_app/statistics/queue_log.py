"""Asterisk's ``queue_log``: its lines, and reading what was added since the last time.

A line has the second in which it was written, the unique id of the caller's channel, the queue, the
member, the event, and its values, with ``|`` between them
(https://docs.asterisk.org/Configuration/Applications/Queue-Logs/). Asterisk writes it also while
the application is down.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct, ValidationError, json

from ivr.acd.figures import SECOND, How

LONGEST = 4 * 2**20
"""Bytes that are read at once."""
_HEAD = 64
"""Bytes by which a file is known again: it begins with another second after it was cut."""
_AGAIN = 60 * SECOND
"""After a rotation, lines that are so much older than the last one are read again."""

ENDS: Mapping[str, How] = {
    "ABANDON": "abandoned",
    "EXITWITHTIMEOUT": "timeout",
    "EXITEMPTY": "empty",
    "EXITWITHKEY": "key",
    "WITHDRAW": "withdrawn",
}
"""Events that end a wait without an answer."""
TALK_ENDS = ("COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ATTENDEDTRANSFER")
READ = frozenset(("ENTERQUEUE", "CONNECT", "QUEUESTART", *ENDS, *TALK_ENDS))
"""The events that are read; members' own are not."""


class Logged(Struct, frozen=True):
    """A line: ``at`` in microseconds, the whole second. ``channel`` and ``queue`` are "" for
    QUEUESTART, the start of app_queue. ``member`` is the agent as the queue names them."""

    at: int
    channel: str
    queue: str
    member: str
    event: str
    values: tuple[str, ...] = ()

    @property
    def transferred(self) -> str:
        """Where the agent transferred the caller: a number, or the name of a queue."""
        if self.event != "BLINDTRANSFER" or not self.values:
            return ""
        return self.values[0].removeprefix("queue-")


class Place(Struct, frozen=True):
    """How far the log was read: the file by its inode and ``head``, the offset in it, and the time
    of the last line."""

    inode: int = 0
    head: str = ""
    offset: int = 0
    at: int = 0


def parse(line: str, events: Collection[str] = READ) -> Logged | None:
    """A line; None for one that is not of these events."""
    at, *rest = line.rstrip("\r\n").split("|")
    if len(rest) < 4 or rest[3] not in events or not at.isdigit():
        return None
    channel, queue, member, event, *values = rest
    if event == "QUEUESTART":
        channel = queue = ""
    return Logged(int(at) * SECOND, channel, queue, member, event, tuple(values))


def read(file: Path, place: Place, until: int) -> tuple[list[Logged], Place]:
    """What was logged after ``place`` and before ``until``, and the new place.

    After a rotation, by renaming as well as by copying and cutting, the rest of the older files is
    read first; some lines may be read twice then. Lines of the last seconds may be left for the
    next time by an early ``until``. Raises ``OSError``.
    """
    if not file.exists():
        return [], place
    with file.open("rb") as opened:
        inode, head = os.fstat(opened.fileno()).st_ino, _head(opened.read(_HEAD))
        size = os.fstat(opened.fileno()).st_size
        same = (inode, head) == (place.inode, place.head) and size >= place.offset
        if not same:
            since = place.at - _AGAIN
            older = [one for one in _older(file, place) if since <= one.at < until]
            begin = Place(inode, head, 0, place.at)
            more, end = _lines(opened, begin, until)
            return [*older, *more], end
        return _lines(opened, place, until)


def every(file: Path, since: int, until: int) -> list[Logged]:
    """All that was logged in a time, in the file and in older ones. Raises ``OSError``."""
    return [one for one in lines(file, since) if since <= one.at < until]


def lines(file: Path, since: int, events: Collection[str] = READ) -> Iterator[Logged]:
    """The lines of the file, and of older ones that were written since a time. Raises
    ``OSError``."""
    for each in [*_siblings(file, since), *([file] if file.exists() else [])]:
        yield from _whole(each, events)


def stored(place: Place) -> str:
    """A place as text."""
    return json.encode(place).decode()


def restored(text: str) -> Place:
    """The place that :func:`stored` made the text of; the beginning if it is none."""
    try:
        return json.decode(text or "{}", type=Place)
    except ValidationError:
        return Place()


def _lines(opened: BinaryIO, place: Place, until: int) -> tuple[list[Logged], Place]:
    """The lines from a place on, as many as are read at once."""
    opened.seek(place.offset)
    found: list[Logged] = []
    offset, at = place.offset, place.at
    for line in opened.read(LONGEST).splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        one = parse(line.decode("utf-8", "replace"))
        if one is not None and one.at >= until:
            break
        offset += len(line)
        if one is not None and one.at >= place.at - _AGAIN:
            found.append(one)
            at = max(at, one.at)
    return found, Place(place.inode, place.head, offset, at)


def _older(file: Path, place: Place) -> Iterator[Logged]:
    for each in _siblings(file, place.at):
        yield from _whole(each)


def _siblings(file: Path, since: int) -> list[Path]:
    """The rotated parts of a log that were written since a time, the oldest first."""
    found = [
        (stat.st_mtime, one)
        for one in file.parent.glob(f"{file.name}?*")
        if one.suffix != ".gz" and (stat := one.stat()).st_mtime * SECOND >= since
    ]
    return [one for _, one in sorted(found)]


def _whole(file: Path, events: Collection[str] = READ) -> Iterator[Logged]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        yield from filter(None, (parse(line, events) for line in opened))


def _head(first: bytes) -> str:
    return first.partition(b"\n")[0].decode("utf-8", "replace")
