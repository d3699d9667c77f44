"""The files of recorded conversations: WAV, 8 kHz, 16 bit, mono, named by the caller's channel.

Asterisk's MixMonitor writes them; its header has the length only once the file was closed.
All methods block: not for the event loop.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

HEADER = 44
"""Bytes of the header that Asterisk writes."""
BYTES = 16_000
"""Bytes of a second."""

_NAME = re.compile(r"[-.0-9A-Za-z]+_[0-9]+\.wav")


class ConversationFiles:
    """The files in a directory, which may be missing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def newest(self, channel: str) -> str:
        """The name of the last recording of a channel; "" if there is none."""
        found = self.directory.glob(f"{channel}_*.wav")
        numbers = {int(file.stem.rpartition("_")[2]): file.name for file in found}
        return numbers[max(numbers)] if numbers else ""

    def sizes(self) -> Mapping[str, int]:
        """All recordings and their bytes."""
        if not self.directory.is_dir():
            return {}
        found = {}
        for file in self.directory.iterdir():
            with suppress(FileNotFoundError):
                if _NAME.fullmatch(file.name):
                    found[file.name] = file.stat().st_size
        return found

    def old(self, before: datetime) -> list[str]:
        """The names of recordings that ended before a time."""
        found = []
        for name in self.sizes():
            with suppress(FileNotFoundError):  # another process removed it
                if (self.directory / name).stat().st_mtime < before.timestamp():
                    found.append(name)
        return found

    def seconds(self, names: Collection[str]) -> Mapping[str, float]:
        """How long recordings are; those that are not there are left out."""
        found = {}
        for name in names:
            try:
                size = (self.directory / name).stat().st_size
            except OSError:
                continue
            found[name] = max(size - HEADER, 0) / BYTES
        return found

    def playable(self, name: str) -> Path | None:
        """A recording that is over; None if it is not there. The length in its header is corrected:
        a file that Asterisk could not close says that it is empty."""
        file = self.directory / name
        try:
            size = file.stat().st_size
            with file.open("r+b") as opened:
                header = opened.read(HEADER)
                said = int.from_bytes(header[40:44], "little")
                if len(header) == HEADER and said != size - HEADER:
                    opened.seek(4)
                    opened.write((size - 8).to_bytes(4, "little"))
                    opened.seek(40)
                    opened.write((size - HEADER).to_bytes(4, "little"))
        except OSError:
            return None
        return file

    def remove(self, names: Collection[str]) -> int:
        """Remove recordings; returns how many there were."""
        files = [self.directory / name for name in names]
        found = [file for file in files if file.exists()]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)
