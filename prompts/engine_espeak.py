"""espeak-ng through pyttsx3.

It can be initialised only once in a process, ends it when its data are missing, and must not be
used from a second thread.
"""

import ctypes
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from prompts.engine import PATIENCE, EngineError
from prompts.messages import VoiceSetup

ESPEAK_RATE = 160
"""Words per minute that are intelligible over the telephone; pyttsx3's 200 are not."""
CLAUSE = 400
"""About the most sounds of a clause: espeak drops what is beyond some 1000 in silence."""
DIGIT = 8
"""How many sounds a digit stands for, at most, when numbers are read as words."""


class Espeak:
    """espeak-ng through pyttsx3."""

    def __init__(self, directory: Path) -> None:
        _bring_library()
        try:
            self._engine = importlib.import_module("pyttsx3").init("espeak")
        except (RuntimeError, OSError, ImportError) as error:
            raise EngineError(
                f"espeak-ng cannot be used ({error}): as root, "
                "apt-get install libespeak-ng1 espeak-ng-data; otherwise pip install "
                "espeakng-loader"
            ) from error
        library = importlib.import_module("pyttsx3.drivers._espeak")
        self._playing = library.IsPlaying
        self.version = library.Info(None).decode().split()[0]
        self._finished = threading.Event()
        self._cut = False
        self._engine.connect("finished-utterance", self._finish)
        voices = self._engine.getProperty("voices")
        self._languages = {voice.id: tuple(voice.languages or ()) for voice in voices}
        # pyttsx3 sets properties only after its first utterance, and returns from that too early.
        first = directory / f".first.{os.getpid()}.part"
        self._utter(".", first)
        first.unlink(missing_ok=True)

    def check(self, speaker: VoiceSetup) -> None:
        """espeak takes a wrong voice silently, and speaks English."""
        identity = speaker.voice.lower().partition("+")[0]  # "+f3" is a variant of any voice
        spoken = self._languages.get(identity)
        if spoken is None:
            raise EngineError(
                f"espeak has no voice {speaker.voice!r}; for {speaker.language} it has "
                f"{', '.join(self._voices(speaker.language)) or 'none'}: set the voice, "
                "or apt-get install espeak-ng-data"
            )
        if not any(language.split("-")[0] == speaker.language for language in spoken):
            raise EngineError(
                f"espeak's voice {speaker.voice!r} does not speak {speaker.language} but "
                f"{', '.join(spoken)}: set one of {', '.join(self._voices(speaker.language))}"
            )

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None:
        """Speak; raises :class:`EngineError` also where a sentence was cut short."""
        engine = self._engine
        engine.setProperty("voice", speaker.voice)
        engine.setProperty("rate", ESPEAK_RATE * speaker.rate // 100)
        if engine.getProperty("voice") != speaker.voice.lower():
            raise EngineError(f"espeak did not take the voice {speaker.voice!r}: set another")
        self._utter(in_clauses(text), path)

    def _utter(self, text: str, path: Path) -> None:
        """One utterance into one file.

        espeak's own thread is a little later than its last callback; pyttsx3 takes that for a new
        utterance and cuts the next one short. So we wait for it, and repeat what was cut.
        """
        for _ in range(3):
            _wait(lambda: not self._playing())
            self._finished.clear()
            self._cut = False
            self._engine.save_to_file(text, str(path))
            self._engine.runAndWait()
            if not self._finished.wait(PATIENCE):
                raise EngineError("timeout: espeak did not finish the sentence")
            if not self._cut:
                return
        raise EngineError("espeak cuts its sentences short: see whether the machine is overloaded")

    def _finish(self, *, completed: bool = True, **_: object) -> None:
        self._cut = self._cut or not completed
        self._finished.set()

    def _voices(self, language: str) -> list[str]:
        return [
            identity
            for identity, languages in self._languages.items()
            if any(each.split("-")[0] == language for each in languages)
        ]


def in_clauses(text: str) -> str:
    """The text with a comma wherever a clause would be longer than :data:`CLAUSE`."""
    words: list[str] = []
    long = 0
    for word in text.split():
        sounds = len(word) + 1 + (DIGIT - 1) * sum(map(str.isdigit, word))
        if words and long and long + sounds > CLAUSE:
            words[-1] += ","
            long = 0
        words.append(word)
        long = 0 if word[-1] in ".,;:!?…" else long + sounds
    return " ".join(words)


def _wait(true: Callable[[], bool]) -> None:
    """Poll until true; the owner kills this process if it never is."""
    while not true():
        time.sleep(0.0005)


def _bring_library() -> None:
    """Where the system has no espeak-ng, that of the package espeakng-loader, if installed."""
    try:
        ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ImportError:
            return  # pyttsx3 then says that it found none
        os.environ["ESPEAK_DATA_PATH"] = loader.get_data_path()
        ctypes.CDLL(loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)


def end_with_callbacks(report: Callable[[str], object]) -> None:
    """End when pyttsx3 fails in espeak's callback (a full disk), for then it waits for ever."""

    def failed(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, RuntimeError):
            report(f"espeak's sound cannot be stored: free some space ({unraisable.exc_value})")
            os._exit(1)
        sys.__unraisablehook__(unraisable)

    sys.unraisablehook = failed
