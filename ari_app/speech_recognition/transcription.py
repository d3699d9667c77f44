"""An endpoint of transcription as OpenAI has it: a WAV in a form, text as JSON.

``verbose_json`` says of each segment how likely its words are; a server that has only ``text``
counts as sure. A model that has no ``verbose_json`` (``gpt-4o-transcribe`` has ``json`` alone)
rejects the request with 400, and is asked for ``json`` from then on. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import asyncio
import io
import math
import wave

import aiohttp
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ari_app.speech_recognition.engine import RecognitionError, Words
from ari_app.speech_recognition.features import RATE
from ari_app.speech_recognition.messages import Listen, Setup

_SURE = 0.8  # where a server does not say how sure it is
_UNKNOWN_FORMAT = 400
_PROMPT = 800  # letters of the phrases that are named to it


class _Segment(Struct, frozen=True):
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0


class _Answer(Struct, frozen=True):
    text: str = ""
    segments: tuple[_Segment, ...] | None = None


class Transcription:
    """See :class:`ari_app.speech_recognition.engine.Recogniser`."""

    local = False

    def __init__(self, setup: Setup, session: aiohttp.ClientSession) -> None:
        self._setup = setup
        self._session = session
        self._format = "verbose_json"
        self.pause = 0.6

    def hears(self, asked: Listen) -> bool:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return self._setup.secrets or not asked.secret

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        try:
            async with asyncio.timeout(self._setup.timeout):
                answer = await self._asked(asked, as_wav(sound))
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError) as error:
            raise RecognitionError(f"{self._setup.url}: {error or 'timeout'}") from error
        words = " ".join(answer.text.split())
        return Words(words, _sure(answer) if words else 0.0)

    async def _asked(self, asked: Listen, file: bytes) -> _Answer:
        """A server that refuses the format it is asked for may have another one: it does, if it
        then answers, and is asked for that from then on."""
        answer = await self._answer(asked, file, self._format)
        if answer is None:
            answer = await self._answer(asked, file, "json")
            self._format = "json"
        return answer or _Answer()

    async def _answer(self, asked: Listen, file: bytes, form_of_answer: str) -> _Answer | None:
        setup = self._setup
        form = aiohttp.FormData()
        form.add_field("file", file, filename="said.wav", content_type="audio/wav")
        form.add_field("model", setup.model or "whisper-1")
        form.add_field("language", asked.language)
        form.add_field("prompt", ", ".join(asked.phrases)[:_PROMPT])
        form.add_field("response_format", form_of_answer)
        headers = {"Authorization": f"Bearer {setup.token}"} if setup.token else {}
        async with self._session.post(setup.url, data=form, headers=headers) as response:
            if response.status == _UNKNOWN_FORMAT and form_of_answer != "json":
                return None
            response.raise_for_status()
            return msgspec.json.decode(await response.read(), type=_Answer)


def _sure(answer: _Answer) -> float:
    if not answer.segments:
        return _SURE
    likely = [math.exp(each.avg_logprob) * (1 - each.no_speech_prob) for each in answer.segments]
    return round(min(likely), 2)


def as_wav(sound: NDArray[np.int16]) -> bytes:
    """Sound at 8 kHz as a WAV file."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.astype("<i2").tobytes())
    return made.getvalue()
