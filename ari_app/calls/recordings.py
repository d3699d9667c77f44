"""What callers said, as files of ours: `recorded/` in the state directory, for its owner alone."""

import asyncio
import io
import wave
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ari_app.session.line import LineError
from ivr.values import Recording

FRAME = 0.02
"""What is loud or quiet at once, in seconds."""
LOUD = 256
"""The mean of a frame from which it is more than noise, of 32768: Asterisk's own threshold.

Asterisk tells how long he talked, but in whole seconds that are rounded against each other, so
that mere silence may count as one.
"""
SAID = 0.3
"""How much must be loud, in seconds; less is a click or a breath."""
EVERY = 4
"""Of so many samples one is looked at: enough for a mean."""


class Recordings:
    """The files of what was said."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def keep(self, name: str, content: bytes) -> Recording | None:
        """Keep a WAV that holds somebody's words; None, and no file, when it holds none."""
        try:
            return await asyncio.to_thread(self._keep, name, content)
        except (OSError, EOFError, wave.Error) as error:
            raise LineError(f"a recording could not be kept: {error}") from error

    def forget(self, names: Collection[str], calls: Collection[str] = ()) -> int:
        """Remove files by name, and all that was said in some calls; returns how many there were.

        Not for the event loop.
        """
        found = [
            file
            for file in self._directory.glob("*.wav")
            if file.name in names or file.name.rpartition("-")[0] in calls
        ]
        for file in found:
            file.unlink(missing_ok=True)
        return len(found)

    def old(self, before: datetime) -> list[str]:
        """The names of files with what was said before a moment. Not for the event loop."""
        found = []
        for file in self._directory.glob("*.wav"):
            with suppress(FileNotFoundError):  # somebody else was faster
                if file.stat().st_mtime < before.timestamp():
                    found.append(file.name)
        return found

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
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
        return Recording(str(file), round(len(samples) / rate, 2))


def speaks(samples: memoryview, rate: int) -> bool:
    """Whether there is more than silence."""
    frame, wanted = round(FRAME * rate), round(SAID / FRAME)
    for begin in range(0, len(samples) - frame + 1, frame):
        some = samples[begin : begin + frame : EVERY].tolist()
        wanted -= sum(map(abs, some)) > LOUD * len(some)
        if not wanted:
            return True
    return False
