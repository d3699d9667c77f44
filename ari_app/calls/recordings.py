"""Callers' recordings: WAV files in `recorded/` of the state directory, readable by its owner."""

import asyncio
import io
import logging
import wave
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from struct import pack

from ari_app.calls.conversation_files import ConversationFiles
from ari_app.session.line import LineError
from ari_app.store.rescue import synced
from ivr.values import Recording

log = logging.getLogger(__name__)

FRAME = 0.02
"""The length of the frames whose loudness is measured, in seconds."""
LOUD = 256
"""The mean amplitude, of 32768, above which a frame is speech: Asterisk's own threshold.

Asterisk reports the length of speech, but as a difference of rounded seconds: silence may count as
one second.
"""
SAID = 0.3
"""How many seconds must be speech; less is a click or a breath."""
EVERY = 4
"""One of so many samples is measured, which is enough for a mean."""

SPOOL = Path("asterisk", "spool", "recording")
"""Where in the state directory our own Asterisk records: files are fetched, and removed, at the
end of a recording."""


class Recordings:
    """The recordings of an installation."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def conversations(self) -> ConversationFiles:
        """What callers and agents said to each other."""
        return ConversationFiles(self._directory / "conversations")

    async def keep(self, name: str, content: bytes) -> Recording | None:
        """Store a WAV that contains speech; None, and no file, when it does not.

        Raises :class:`LineError` when it cannot be stored.
        """
        try:
            return await asyncio.to_thread(self._keep, name, content)
        except (OSError, EOFError, wave.Error) as error:
            raise LineError(f"a recording could not be stored: {error}") from error

    def forget(self, names: Collection[str], calls: Collection[str] = ()) -> int:
        """Remove files by name and by call; returns how many. Blocks: not for the event loop."""
        found = [
            file
            for file in self._directory.glob("*.wav")
            if file.name in names or file.name.rpartition("-")[0] in calls
        ]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)

    def old(self, before: datetime) -> list[str]:
        """The names of files older than ``before``. Blocks: not for the event loop."""
        found = []
        for file in self._directory.glob("*.wav"):
            with suppress(FileNotFoundError):  # another process removed it
                if file.stat().st_mtime < before.timestamp():
                    found.append(file.name)
        return found

    async def keep_left(self, name: str, content: bytes) -> None:
        """Keep what a crash left of a call, if there is speech in it; raises :class:`LineError`."""
        kept = await self.keep(name, repaired(content)) if content else None
        if kept is None:
            log.info("a recording without speech, left by a crash, was removed: %s", name)
        else:
            log.warning("a recording that a crash left of a call is kept: %s", kept.file)

    def _keep(self, name: str, content: bytes) -> Recording | None:
        with wave.open(io.BytesIO(content)) as sound:
            rate = sound.getframerate()
            samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
        if not speaks(samples, rate):
            return None
        self._directory.mkdir(mode=0o700, exist_ok=True)
        file = self._directory / f"{name}.wav"
        aside = file.with_suffix(".part")
        try:
            aside.touch(0o600)
            aside.write_bytes(content)
            synced(aside)  # a complaint that has it may be acknowledged
            aside.replace(file)
            synced(self._directory)
        finally:
            aside.unlink(missing_ok=True)
        return Recording(str(file), round(len(samples) / rate, 2))


def repaired(content: bytes) -> bytes:
    """A WAV with the lengths that its header lacks when who wrote it was killed."""
    data, length = content[36:40], content[40:44]
    if data != b"data" or length != bytes(4):
        return content
    whole, samples = (len(content) - size for size in (8, 44))
    return content[:4] + pack("<I", whole) + content[8:40] + pack("<I", samples) + content[44:]


def speaks(samples: memoryview, rate: int) -> bool:
    """Whether there is speech and not just silence."""
    frame, wanted = round(FRAME * rate), round(SAID / FRAME)
    for begin in range(0, len(samples) - frame + 1, frame):
        some = samples[begin : begin + frame : EVERY].tolist()
        wanted -= sum(map(abs, some)) > LOUD * len(some)
        if not wanted:
            return True
    return False
