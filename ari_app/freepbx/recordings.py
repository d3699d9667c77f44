"""The recordings of imported prompts: joined, and converted to what a telephone is played."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import soxr

from ari_app.freepbx.company import Sound
from ari_app.freepbx.draft import DraftMenus
from ari_app.freepbx.sounds import SILENCE
from ari_app.freepbx.source import sound
from prompts.sound_files import decode, write
from prompts.telephone import RATE
from prompts.wav import Samples, SoundError


def convert(
    menus: DraftMenus, sounds: Mapping[str, Path], directory: Path, lang: str = ""
) -> Iterator[str]:
    """Write ``<directory>/<language>/<prompt>.wav`` for each prompt; the problems. Blocks.

    ``lang``: the language below whose directory the recordings of the first language are; "" for
    its own.
    """
    for language in menus.languages:
        for name, prompt in menus.prompts.items():
            try:
                folder = lang if lang and language == menus.languages[0] else language
                samples = _joined(prompt.sound, sounds, folder)
            except SoundError as error:
                yield f"{language}/{name}: {error}"
                continue
            (directory / language).mkdir(parents=True, exist_ok=True)
            write(directory / language / f"{name}.wav", samples, RATE)


def _joined(parts: Sound, sounds: Mapping[str, Path], language: str) -> Samples:
    found = []
    for name in parts:
        path = sound(sounds, language, name)
        if path is None and name == SILENCE:
            found.append(np.zeros(RATE, np.float32))
            continue
        if path is None:
            raise SoundError(f"there is no recording {name}{_elsewhere(sounds, name)}")
        samples, rate = decode(path)
        found.append(soxr.resample(samples, rate, RATE, quality="VHQ") if rate != RATE else samples)
    return np.concatenate(found)


def _elsewhere(sounds: Mapping[str, Path], name: str) -> str:
    """Below which directories a sound stands that a language does not have."""
    others = sorted(
        {each.partition("/")[0] for each in sounds if each.partition("/")[2].startswith(f"{name}.")}
    )
    found = f" in this language, but below {' and '.join(others)}: see --lang" if others else ""
    return f"{found}: its text is spoken"
