"""Checks a directory of recordings against the script of the studio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct

from prompts import wav
from prompts.catalogue import Catalogue
from prompts.recordings import files, unknown
from prompts.sound_files import command, decode
from prompts.studio import script
from prompts.telephone import RATE, playable
from prompts.wav import Samples, SoundError

QUIETEST, LOUDEST = -24.0, -12.0
"""The level of speech that is accepted, in dBFS (root mean square): 6 dB around that of prompts."""

CLIPPED: Final = 3
"""So many samples at full scale one after the other are a clipped peak."""

EDGE = 0.5
"""Seconds of silence at either end above which callers wait."""

_FULL, _HEARD = 0.998, 0.01


class Finding(Struct, frozen=True):
    """What is wrong with a recording, and whether callers hear it nevertheless."""

    name: str
    kind: str
    """missing, unknown, unreadable, converted, quiet, loud, clipped or pause."""
    text: str

    @property
    def serious(self) -> bool:
        """Whether it is more than a hint: a file that is converted is played."""
        return self.kind != "converted"


def check(directory: Path, catalogue: Catalogue, language: str) -> Iterator[Finding]:
    """What is missing in ``directory/language``, and what is wrong with what is there. Blocks."""
    there = set()
    for tongue, name, path in files(directory, catalogue):
        if tongue != language:
            continue
        there.add(name)
        problem = unknown(name, language, catalogue)
        if problem:
            yield Finding(name, "unknown", problem)
        else:
            yield from _heard(name, path)
    for line in script(catalogue, language):
        if line.name not in there:
            yield Finding(line.name, "missing", line.text)


def _heard(name: str, path: Path) -> Iterator[Finding]:
    try:
        samples, rate = decode(path)
    except SoundError as error:
        yield Finding(name, "unreadable", str(error))
        return
    if path.suffix != ".wav" or not playable(path):
        text = f"{path.suffix}, {rate} Hz: converted when it is loaded, or by {command(path)}"
        yield Finding(name, "converted", text)
    level = float(20 * np.log10(wav.loudness(samples, rate)))
    if level < QUIETEST:
        yield Finding(name, "quiet", f"{level:.1f} dBFS: raise it by {wav.LEVEL - level:.0f} dB")
    if level > LOUDEST:
        yield Finding(name, "loud", f"{level:.1f} dBFS: lower it by {level - wav.LEVEL:.0f} dB")
    if clipped(samples):
        yield Finding(name, "clipped", "peaks are cut off at full scale: record it again, lower")
    before, after = edges(samples, rate)
    if max(before, after) > EDGE:
        yield Finding(name, "pause", f"{before:.1f} s of silence before and {after:.1f} s after it")


def clipped(samples: Samples) -> bool:
    """Whether several samples one after the other are at full scale."""
    full = (np.abs(samples) >= _FULL).astype(np.int8)
    return bool(np.any(np.convolve(full, np.ones(CLIPPED, dtype=np.int8), "valid") == CLIPPED))


def edges(samples: Samples, rate: int = RATE) -> tuple[float, float]:
    """Seconds of silence before and after what is heard."""
    loud = np.abs(samples)
    heard = np.flatnonzero(loud > float(loud.max()) * _HEARD)
    return float(heard[0]) / rate, float(len(samples) - 1 - heard[-1]) / rate
