"""A Vosk server by its WebSocket protocol: a configuration, the sound, and ``eof``.

It answers each message; the last answer has ``text`` and, for each word, ``conf``: with
alternatives, which a server may be set up to give, neither. It compares ``eof`` to the letter.
Source: https://github.com/alphacep/vosk-server (``websocket/asr_server.py`` and its clients).
"""

import asyncio

import aiohttp
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ari_app.speech_recognition.engine import RecognitionError, Words
from ari_app.speech_recognition.features import RATE
from ari_app.speech_recognition.messages import Listen, Setup
from ivr.speech.languages import language as spoken_language

_CHUNK = 8000  # bytes: half a second


class _Word(Struct, frozen=True):
    conf: float = 1.0


class _Answer(Struct, frozen=True):
    text: str = ""
    result: tuple[_Word, ...] = ()


class Vosk:
    """See :class:`ari_app.speech_recognition.engine.Recogniser`."""

    local = False

    def __init__(self, setup: Setup, session: aiohttp.ClientSession) -> None:
        self._setup = setup
        self._session = session
        self.pause = 0.6

    def hears(self, asked: Listen) -> bool:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return self._setup.secrets or not asked.secret

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        try:
            async with asyncio.timeout(self._setup.timeout):
                return await self._asked(asked, sound.astype("<i2").tobytes())
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError) as error:
            raise RecognitionError(f"{self._setup.url}: {error or 'timeout'}") from error

    async def _asked(self, asked: Listen, data: bytes) -> Words:
        # A model without a graph of its own takes the phrases; any other one ignores them.
        others = (*spoken_language(asked.language).alike, "[unk]")  # a model may lack the latter
        phrases = list(dict.fromkeys((*asked.phrases, *others)))
        config = {"sample_rate": RATE, "words": True, "max_alternatives": 0, "phrase_list": phrases}
        text: list[str] = []
        sure: list[float] = []
        async with self._session.ws_connect(self._setup.url) as socket:
            await socket.send_str(msgspec.json.encode({"config": config}).decode())
            messages = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]
            for message in (*messages, None):
                if message is None:
                    await socket.send_str('{"eof" : 1}')
                else:
                    await socket.send_bytes(message)
                answer = msgspec.json.decode(await socket.receive_str(), type=_Answer)
                if answer.text:
                    text.append(answer.text.replace("[unk]", " "))
                    sure += [word.conf for word in answer.result] or [1.0]
        words = " ".join(" ".join(text).split())
        return Words(words, round(sum(sure) / len(sure), 2) if words else 0.0)
