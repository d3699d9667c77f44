"""An offline server of sherpa-onnx by its WebSocket protocol.

The rate and the length in bytes (both four bytes, little-endian), then the sound as floats of 32
bits; the answer is JSON with ``text``, or the bare text; ``Done`` ends the connection. Source:
https://github.com/k2-fsa/sherpa-onnx (``python-api-examples/offline-websocket-client-*.py``).
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

_CHUNK = 10_240  # bytes
_SURE = 0.8  # it does not say how sure it is


class _Answer(Struct, frozen=True):
    text: str = ""


class Sherpa:
    """See :class:`ari_app.speech_recognition.engine.Recogniser`."""

    local = False

    def __init__(self, setup: Setup, session: aiohttp.ClientSession) -> None:
        self._setup = setup
        self._session = session
        self.pause = 0.6

    def hears(self, asked: Listen) -> bool:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return self._setup.secrets or not asked.secret

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:  # noqa: ARG002 - its model knows all words
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        data = (sound.astype("<f4") / 32768).astype("<f4").tobytes()
        head = RATE.to_bytes(4, "little") + len(data).to_bytes(4, "little")
        message = head + data
        try:
            async with asyncio.timeout(self._setup.timeout):
                async with self._session.ws_connect(self._setup.url) as socket:
                    for at in range(0, len(message), _CHUNK):
                        await socket.send_bytes(message[at : at + _CHUNK])
                    answer = await socket.receive_str()
                    await socket.send_str("Done")
        except (aiohttp.ClientError, OSError, TimeoutError, TypeError) as error:
            raise RecognitionError(f"{self._setup.url}: {error or 'timeout'}") from error
        words = " ".join(_text(answer).split())
        return Words(words, _SURE if words else 0.0)


def _text(answer: str) -> str:
    try:
        return msgspec.json.decode(answer, type=_Answer).text
    except msgspec.MsgspecError:
        return answer
