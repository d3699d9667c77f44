"""The speech process: one request per line on its input, one answer per line on its output.

It is a process of its own because espeak-ng can be initialised only once in one, ends it when its
data are missing, and neither pyttsx3 nor the library bears a second thread. Its standard output
belongs to whatever the engines print; the answers go where that output went at first.

    python -m prompts.speech_worker '[{"language": "ru", "engine": "espeak", …}]' DIRECTORY
"""

import ctypes
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np

from prompts import wav
from prompts.messages import SpeakRequest, SpeakResult, VoiceSetup

ESPEAK_RATE = 160
"""Words per minute that are intelligible over the telephone; pyttsx3's 200 are not."""

PATIENCE = 60.0
"""Timeout of one utterance in seconds; the owner kills this process before."""


class EngineError(Exception):
    """An engine cannot speak: which one, and what to do."""


class Engine(Protocol):
    """Something that speaks into a WAV file of any rate."""

    def check(self, speaker: VoiceSetup) -> None:
        """Raise :class:`EngineError` unless the voice is there and of that language."""

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None: ...


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
        self._playing = importlib.import_module("pyttsx3.drivers._espeak").IsPlaying
        self._finished = threading.Event()
        self._cut = False
        self._engine.connect("finished-utterance", self._finish)
        voices = self._engine.getProperty("voices")
        self._languages = {voice.id: tuple(voice.languages or ()) for voice in voices}
        # pyttsx3 sets properties only after its first utterance, and returns from that too early.
        first = _raw(directory)
        self._utter(".", first)
        first.unlink(missing_ok=True)

    def check(self, speaker: VoiceSetup) -> None:
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
        engine = self._engine
        engine.setProperty("voice", speaker.voice)
        engine.setProperty("rate", ESPEAK_RATE * speaker.rate // 100)
        if engine.getProperty("voice") != speaker.voice.lower():
            raise EngineError(f"espeak did not take the voice {speaker.voice!r}: set another")
        self._utter(text, path)

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


def _wait(true: Callable[[], bool]) -> None:
    """Poll until true; the owner kills this process if it never is."""
    while not true():
        time.sleep(0.0005)


class RHVoice:
    """RHVoice through its command line."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def check(self, speaker: VoiceSetup) -> None:
        first = _raw(self._directory)
        try:
            self.speak(speaker, "a" if speaker.language == "en" else "а", first)
        finally:
            first.unlink(missing_ok=True)

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None:
        command = ["RHVoice-test", "-p", speaker.voice, "-r", str(speaker.rate), "-o", str(path)]
        try:
            subprocess.run(command, input=text.encode(), capture_output=True, timeout=PATIENCE)
        except FileNotFoundError as error:
            raise EngineError(
                "RHVoice is not installed: apt-get install rhvoice rhvoice-russian "
                "(Debian's non-free), or use an espeak voice"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise EngineError("timeout: RHVoice did not finish the sentence") from error
        if not path.exists() or not path.stat().st_size:
            raise EngineError(
                f"RHVoice has no voice {speaker.voice!r}: install it, or set another voice"
            )


class Studio:
    """The speakers by language; what they write first stands in ``directory``."""

    def __init__(self, speakers: tuple[VoiceSetup, ...], directory: Path) -> None:
        self._speakers = {speaker.language: speaker for speaker in speakers}
        self._directory = directory
        self._engines: dict[str, Engine] = {}
        for speaker in speakers:
            if speaker.engine not in self._engines:
                self._engines[speaker.engine] = self._engine(speaker.engine)
            self._engines[speaker.engine].check(speaker)
        wav.phone(np.ones(2205, dtype=np.float32), 22050)  # the resampler's first use is slow

    def _engine(self, name: str) -> Engine:
        match name:
            case "espeak":
                return Espeak(self._directory)
            case "rhvoice":
                return RHVoice(self._directory)
            case _:
                raise EngineError(f"there is no engine {name!r}: use espeak or rhvoice")

    def speak(self, request: SpeakRequest) -> None:
        """Speak a request; the file appears whole or not at all."""
        speaker = self._speakers.get(request.language)
        if speaker is None:
            raise EngineError(f"there is no voice for {request.language!r}: set one")
        raw = _raw(self._directory)
        try:
            raw.touch()  # pyttsx3 would never come back from a directory that is not there
            self._engines[speaker.engine].speak(speaker, request.text, raw)
            wav.write(Path(request.path), wav.phone(*wav.read(raw)))
        except wav.SoundError as error:
            raise EngineError(f"{speaker.engine} gave no sound ({error}): see its log") from error
        except OSError as error:
            raise EngineError(
                f"the spoken file cannot be written ({error.strerror}): free or allow space "
                f"in {Path(request.path).parent}"
            ) from error
        finally:
            raw.unlink(missing_ok=True)


def _raw(directory: Path) -> Path:
    """Where an engine writes: beside the finished files, and swept up with what was left aside."""
    return directory / f".raw.{os.getpid()}.part"


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


def _end_with_callbacks(report: Callable[[str], object]) -> None:
    """End when pyttsx3 fails in espeak's callback (a full disk), for then it waits for ever."""

    def failed(unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, RuntimeError):
            report(f"espeak's sound cannot be stored: free some space ({unraisable.exc_value})")
            os._exit(1)
        sys.__unraisablehook__(unraisable)

    sys.unraisablehook = failed


def main() -> None:
    """Speak until the input ends, as it does when the owner does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, who ends us
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    speakers = msgspec.json.decode(sys.argv[1], type=tuple[VoiceSetup, ...])
    encode = msgspec.json.encode
    try:
        studio = Studio(speakers, Path(sys.argv[2]))
    except EngineError as error:
        answers.write(encode(SpeakResult(str(error))) + b"\n")
        return
    answers.write(encode(SpeakResult()) + b"\n")
    _end_with_callbacks(lambda error: answers.write(encode(SpeakResult(error)) + b"\n"))
    for line in sys.stdin.buffer:
        try:
            studio.speak(msgspec.json.decode(line, type=SpeakRequest))
            answer = SpeakResult()
        except EngineError as error:
            answer = SpeakResult(str(error))
        answers.write(encode(answer) + b"\n")


if __name__ == "__main__":
    main()
