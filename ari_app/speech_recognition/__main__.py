"""The recognition process: orders on its input, reports on its output, sound over AudioSocket.

    python -m ari_app.speech_recognition

It ends when its input does, as it does when its owner ends.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aiohttp
from msgspec import json

from ari_app.speech_recognition import audiosocket
from ari_app.speech_recognition.built_in import BuiltIn
from ari_app.speech_recognition.engine import Recogniser
from ari_app.speech_recognition.hearer import Hearer
from ari_app.speech_recognition.messages import Listen, Order, Ready, Report, Setup, Stop
from ari_app.speech_recognition.sherpa import Sherpa
from ari_app.speech_recognition.templates import Templates
from ari_app.speech_recognition.transcription import Transcription
from ari_app.speech_recognition.voice_activity import detector, has_silero
from ari_app.speech_recognition.vosk import Vosk

CALLS = 500
"""The most calls of which something is known at a time."""

_NICE = 5  # calls come first


class Process:
    """The calls that are listened to."""

    def __init__(
        self, setup: Setup, recogniser: Recogniser, report: Callable[[Report], None]
    ) -> None:
        self._new = partial(Hearer, setup, recogniser, detector, report)
        self._hearers: dict[str, Hearer] = {}

    def take(self, order: Order) -> None:
        """Take an order of the owner."""
        match order:
            case Listen():
                self._of(order.call).listen(order)
            case Stop(call):
                if hearer := self._hearers.pop(call, None):
                    hearer.listen(None)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the sound of a call until its connection ends."""
        call = ""
        try:
            async with asyncio.timeout(5.0):
                call = await audiosocket.identity(reader)
            if call:
                async for sound in audiosocket.sound(reader):
                    await self._of(call).take(sound)
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            self._hearers.pop(call, None)
            writer.close()

    def _of(self, call: str) -> Hearer:
        if call not in self._hearers:
            while len(self._hearers) >= CALLS:
                del self._hearers[next(iter(self._hearers))]
            self._hearers[call] = self._new()
        return self._hearers[call]


def _recogniser(setup: Setup, session: aiohttp.ClientSession) -> Recogniser:
    match setup.engine:
        case "vosk":
            return Vosk(setup, session)
        case "sherpa":
            return Sherpa(setup, session)
        case "openai":
            return Transcription(setup, session)
    return BuiltIn(Templates([Path(each) for each in setup.templates]))


async def _run(orders: asyncio.StreamReader, report: Callable[[Report], None]) -> None:
    setup = json.decode(await orders.readline(), type=Setup)
    async with aiohttp.ClientSession() as session:
        process = Process(setup, _recogniser(setup, session), report)
        server = await asyncio.start_server(process.connected, setup.host, 0)
        report(Ready(server.sockets[0].getsockname()[1], "silero" if has_silero() else "energy"))
        while line := await orders.readline():
            process.take(json.decode(line, type=Order))
        server.close()


async def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, who ends us
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    os.nice(_NICE)
    out = sys.stdout.buffer

    def report(one: Report) -> None:
        out.write(json.encode(one) + b"\n")
        out.flush()

    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin.buffer)
    await _run(orders, report)


if __name__ == "__main__":
    asyncio.run(_main())
