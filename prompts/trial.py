"""Whether a voice speaks: one sentence by one engine, without cache and without fallback."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct

from prompts import wav
from prompts.messages import SpeakRequest
from prompts.speaker import Speaker, pronounced
from prompts.speech_process import SpeechFailed
from prompts.telephone import RATE
from prompts.voice import UNHURRIED
from prompts.voice_pools import Settings, new_pool

SILENT, SPOKEN = 0.01, 0.2
"""A level, of full scale, and seconds of speech, below which nothing was said."""


class Trial(Struct, frozen=True):
    """What a voice said: seconds until it was there, and seconds and level (dBFS) of its sound."""

    version: str
    took: float
    lasts: float
    level: float


async def attempt(
    language: str, speaker: Speaker, settings: Settings, text: str, keep: Path | None = None
) -> Trial:
    """Have a text spoken, and its sound copied to ``keep``; raises :class:`SpeechFailed`."""
    with TemporaryDirectory(prefix="firstline-voice-") as name:
        directory = Path(name)
        file = directory / "said.wav"
        workers = new_pool(speaker.engine, {language: (speaker,)}, directory, settings, 1)
        try:
            version = await workers.start()
            words = pronounced(speaker, text)
            began = time.monotonic()
            request = SpeakRequest(language, words, str(file), UNHURRIED)
            await workers.speak(request, UNHURRIED, UNHURRIED)
            took = time.monotonic() - began
        finally:
            await workers.stop()
        return await asyncio.to_thread(_measured, file, version, took, keep)


def _measured(file: Path, version: str, took: float, keep: Path | None) -> Trial:
    samples, _ = wav.read(file)
    loudness = wav.loudness(samples)
    if loudness < SILENT or len(samples) < SPOKEN * RATE:
        raise SpeechFailed("it says next to nothing: set another voice")
    if keep is not None:
        wav.write(keep, samples)
    return Trial(version, took, len(samples) / RATE, float(20 * np.log10(loudness)))
