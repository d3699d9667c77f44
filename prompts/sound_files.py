"""Recordings of any format: decoded, checked for silence, and converted to what is played.

Asterisk decides by the end of a file's name how it is read, and plays nothing where that fails; so
only the format of :mod:`prompts.telephone` is left to it.
"""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from prompts import wav
from prompts.telephone import RATE, playable
from prompts.wav import Samples, SoundError

_RAW: Final = {
    ".alaw": ("ALAW", RATE),
    ".al": ("ALAW", RATE),
    ".ulaw": ("ULAW", RATE),
    ".ul": ("ULAW", RATE),
    ".gsm": ("GSM610", RATE),
    ".sln": ("PCM_16", RATE),
    ".sln16": ("PCM_16", 2 * RATE),
}
"""Files without a header, by the end of their name: coding and samples a second."""

_HEADED: Final = (".wav", ".wav16", ".flac", ".mp3", ".ogg", ".aiff", ".aif", ".au")

SUFFIXES: Final = (*_HEADED, *_RAW)
"""What can be read; if a recording is there in several formats, the first of these is taken."""

_UNKNOWN: Final = 0x7FFFF000

SILENT = 0.002
"""A recording whose loudest sample is below this, of full scale, is silent."""


def decode(path: Path) -> tuple[Samples, int]:
    """The samples of a recording, channels mixed, and their rate. Raises :class:`SoundError`."""
    suffix = path.suffix.lower()
    if not path.stat().st_size:
        raise SoundError("it is empty: copy it again")
    if suffix not in SUFFIXES:
        raise SoundError(f"this format cannot be read: {command(path)} converts it")
    try:
        if suffix in _RAW:
            coding, rate = _RAW[suffix]
            samples, rate = soundfile.read(
                path, dtype="float32", format="RAW", subtype=coding, samplerate=rate, channels=1
            )
        else:
            if is_cut(path):
                raise SoundError("its end is missing: copy it again")
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
            samples = samples.mean(axis=1)
    except (OSError, RuntimeError) as error:
        text = f"it is damaged or of another format: {command(path)} converts it"
        raise SoundError(text) from error
    if not len(samples) or float(np.abs(samples).max()) < SILENT:
        raise SoundError("it is silent: record it again")
    return samples, rate


def is_cut(path: Path) -> bool:
    """Whether a RIFF file has fewer samples than it says, as one that was not copied whole.

    Its header is not asked, whose length programs write with and without its own bytes. Programs
    that write to a pipe cannot know the length of the samples, and give 0 or the largest there is.
    """
    with path.open("rb") as file:
        if file.read(12)[:4] != b"RIFF":
            return False
        at, size = 12, path.stat().st_size
        while len(head := file.read(8)) == 8:
            said = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                return at + 8 + said - 1 > size and said < _UNKNOWN
            at += 8 + said + said % 2
            file.seek(at)
    return True


def command(path: Path) -> str:
    """A command line that converts a file to what is played."""
    made = f"{path.stem}.wav"
    aside = f"new.wav && mv new.wav {made}" if path.name == made else made
    return f"`ffmpeg -i {path.name} -ar {RATE} -ac 1 -c:a pcm_s16le -bitexact {aside}`"


def converted(path: Path, directory: Path | None) -> Path:
    """The file to play for a recording: itself, or its conversion in ``directory``.

    Without a directory nothing is written, and the file only checked. Raises :class:`SoundError`,
    and OSError where the directory cannot be written.
    """
    ready = path.suffix == ".wav" and playable(path)
    about = path.stat()
    made_of = f"{path.absolute()} {about.st_mtime_ns} {about.st_size}"
    name = f"{path.stem}.{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.wav"
    kept = directory / name if directory is not None and not ready else None
    if kept is not None and playable(kept):
        return kept
    samples, rate = decode(path)
    if kept is None:
        return path
    kept.parent.mkdir(parents=True, exist_ok=True)
    write(kept, samples, rate)
    return kept


def write(path: Path, samples: Samples, rate: int) -> None:
    """Write samples of any rate as they are played to a telephone; no level is changed.

    What resampling lifts over full scale is scaled back.
    """
    ready = soxr.resample(samples, rate, RATE, quality="VHQ") if rate != RATE else samples
    peak = float(np.abs(ready).max())
    wav.write(path, ready if peak <= 1 else ready / np.float32(peak))
