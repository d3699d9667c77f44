"""A speech process: one request per line on its input, one answer per line on its output.

Engines are in processes of their own because some may be used only once in one, end it when their
data are missing, or are under the GPL. Its standard output belongs to whatever the engine prints;
the answers go where that output went at first.

    python -m prompts.speech_worker '[{"language": "ru", "engine": "espeak", …}]' DIRECTORY
"""

import os
import signal
import sys
from pathlib import Path

import msgspec
import numpy as np
from msgspec import structs

from prompts import wav
from prompts.endings import pause
from prompts.engine import Engine, EngineError
from prompts.engine_espeak import Espeak, end_with_callbacks
from prompts.messages import ENGINES, SpeakRequest, SpeakResult, VoiceSetup

_SOONER = 0.9
"""The part of the owner's timeout after which a request to a speech server is given up: the owner
would kill the process."""


class Studio:
    """The speakers of one engine by language; what they write first stands in ``directory``."""

    def __init__(self, speakers: tuple[VoiceSetup, ...], directory: Path) -> None:
        self._speakers = {speaker.language: speaker for speaker in speakers}
        self._directory = directory
        self._engine = _engine(speakers[0], directory)
        self.version = self._engine.version
        for speaker in speakers:
            self._engine.check(speaker)
        wav.phone(np.ones(2205, dtype=np.float32), 22050)  # the resampler's first use is slow

    def speak(self, request: SpeakRequest) -> None:
        """Speak a request; the file appears whole or not at all."""
        speaker = self._speakers.get(request.language)
        if speaker is None:
            raise EngineError(f"there is no voice for {request.language!r}: set one")
        speaker = structs.replace(speaker, seconds=request.seconds * _SOONER)
        raw = self._directory / f".raw.{os.getpid()}.part"
        try:
            raw.touch()  # pyttsx3 would never come back from a directory that is not there
            self._engine.speak(speaker, request.text, raw)
            samples, rate = wav.read(raw)
            wav.write(
                Path(request.path),
                wav.phone(samples, rate, speaker.volume / 100, pause(request.text)),
            )
        except wav.SoundError as error:
            raise EngineError(f"{speaker.engine} gave no sound ({error}): see its log") from error
        except OSError as error:
            raise EngineError(
                f"the spoken file cannot be written ({error.strerror}): free or allow space "
                f"in {Path(request.path).parent}"
            ) from error
        finally:
            raw.unlink(missing_ok=True)


def _engine(speaker: VoiceSetup, directory: Path) -> Engine:
    match speaker.engine:
        case "espeak":
            return Espeak(directory)
        case "rhvoice":
            from prompts.engine_rhvoice import RHVoice  # the other engines begin without it

            return RHVoice(speaker.directory)
        case "http":
            from prompts.engine_http import Http

            return Http()
        case other:
            raise EngineError(f"there is no engine {other!r}: use one of {', '.join(ENGINES)}")


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
    answers.write(encode(SpeakResult(version=studio.version)) + b"\n")
    end_with_callbacks(lambda error: answers.write(encode(SpeakResult(error)) + b"\n"))
    for line in sys.stdin.buffer:
        try:
            studio.speak(msgspec.json.decode(line, type=SpeakRequest))
            answer = SpeakResult()
        except EngineError as error:
            answer = SpeakResult(str(error))
        answers.write(encode(answer) + b"\n")


if __name__ == "__main__":
    main()
