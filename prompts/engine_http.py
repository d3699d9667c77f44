"""A speech server of the operator's own, asked as OpenAI's ``POST /v1/audio/speech`` is."""

import os
import urllib.error
import urllib.request
from pathlib import Path

import msgspec

from prompts.engine import EngineError
from prompts.messages import VoiceSetup

TOKEN = "FIRSTLINE_SPEECH_TOKEN"
"""The variable of the speech process's environment that carries the token; no argument shows it."""

LONGEST = 64_000_000
"""Bytes of an answer that are read at most."""

_WAV = b"RIFF"


class Http:
    """A speech server; its answer is a WAV file of any rate."""

    version = ""

    def __init__(self) -> None:
        self._token = os.environ.get(TOKEN, "")

    def check(self, speaker: VoiceSetup) -> None:
        """A server that is down now may be up when a sentence is wanted: only settings count."""
        if not speaker.url.startswith(("http://", "https://")):
            raise EngineError(
                f"the engine http of {speaker.language} has no url: set one such as "
                "http://127.0.0.1:8880/v1/audio/speech"
            )

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None:
        """Ask the server for a text and write its answer."""
        asked = {
            "model": speaker.model or "tts-1",
            "input": text,
            "voice": speaker.voice or "alloy",
            "response_format": "wav",
            "speed": speaker.rate / 100,
        }
        headers = {"Content-Type": "application/json", "Accept": "audio/wav"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(speaker.url, msgspec.json.encode(asked), headers)
        try:
            with urllib.request.urlopen(request, timeout=speaker.seconds) as answer:
                sound = answer.read(LONGEST)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(200).decode(errors="replace")
            raise EngineError(
                f"the speech server answered {error.code} ({said.strip()!r}): check url, model, "
                "voice and token"
            ) from error
        except OSError as error:
            raise EngineError(
                f"the speech server {speaker.url} is unavailable ({error}): check url and network"
            ) from error
        if not sound.startswith(_WAV):
            raise EngineError("the speech server sent no WAV file: it must know response_format")
        path.write_bytes(sound)
