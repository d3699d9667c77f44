"""RHVoice, loaded into the speech process: a sentence takes a fifth of what its program needs.

The binding is under the GPL 3 and is imported only here, in a process that takes texts and writes
sound files.
"""

import ctypes
import importlib
import os
import wave
from pathlib import Path
from types import ModuleType

from prompts.engine import EngineError
from prompts.messages import VoiceSetup
from prompts.rhvoice_files import find

_INSTALL = "install it with `firstline voices install`, or set an espeak voice"


class RHVoice:
    """RHVoice in process; the voices are those that are unpacked or installed."""

    def __init__(self, directory: str) -> None:
        found = find(Path(directory) if directory else None)
        if found is None:
            raise EngineError(f"RHVoice is not installed: {_INSTALL}")
        try:
            proxy = importlib.import_module("rhvoice_wrapper.rhvoice_proxy")
            _take_bytes(importlib.import_module("rhvoice_wrapper.rhvoice_bindings"))
        except ImportError as error:
            raise EngineError(
                "RHVoice needs the package rhvoice-wrapper: pip install 'firstline[rhvoice]', "
                "or set an espeak voice"
            ) from error
        try:
            for library in found.libraries[:-1]:
                ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
            self._engine = proxy.Engine(str(found.libraries[-1]))
            self._engine.init(
                self._sounded,
                self._rated,
                data_path=str(found.data),
                config_path=str(found.config),
            )
        except (OSError, RuntimeError) as error:
            raise EngineError(f"RHVoice cannot be used ({error}): {_INSTALL}") from error
        self.version = str(self._engine.version)
        self._languages = {name: about["lang"] for name, about in self._engine.voices.items()}
        self._rate = 0
        self._samples: list[bytes] = []

    def check(self, speaker: VoiceSetup) -> None:
        """A voice that is missing would be replaced by one of another language, silently."""
        spoken = self._languages.get(speaker.voice.lower())
        fitting = ", ".join(
            name.capitalize()
            for name, language in self._languages.items()
            if language == speaker.language
        )
        if spoken is None:
            raise EngineError(
                f"RHVoice has no voice {speaker.voice!r}; for {speaker.language} it has "
                f"{fitting or 'none'}: set one of them, or {_INSTALL}"
            )
        if spoken != speaker.language:
            raise EngineError(
                f"RHVoice's voice {speaker.voice!r} does not speak {speaker.language} but "
                f"{spoken}: set one of {fitting or 'another engine'}"
            )
        self._generate(speaker, "1")  # the first sentence of a voice takes 0.2 s more

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None:
        """Speak; the rate of the samples is the voice's own."""
        self._generate(speaker, text)
        if not self._samples:
            raise EngineError(f"RHVoice's voice {speaker.voice} says nothing for {text[:40]!r}")
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setparams((1, 2, self._rate, 0, "NONE", ""))
            file.writeframes(b"".join(self._samples))

    def _generate(self, speaker: VoiceSetup, text: str) -> None:
        self._samples.clear()
        self._engine.set_params(
            voice_profile=speaker.voice.lower(), relative_rate=speaker.rate / 100
        )
        self._engine.generate(text)

    def _sounded(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: object) -> int:
        self._samples.append(ctypes.string_at(samples, 2 * count))
        return 1

    def _rated(self, rate: int, _: object) -> int:
        self._rate = rate
        return 1


def _take_bytes(bindings: ModuleType) -> None:
    """The binding names its library in bytes, which ``ctypes.CDLL`` of Python 3.13 refuses."""
    vars(bindings)["CDLL"] = lambda library: ctypes.CDLL(os.fsdecode(library))
