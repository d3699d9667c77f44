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
from ari_app.speech_recognition.messages import (
    Expect,
    Forget,
    Listen,
    Lost,
    Order,
    Ready,
    Report,
    Setup,
    Stop,
)
from ari_app.speech_recognition.sherpa import Sherpa
from ari_app.speech_recognition.templates import Templates
from ari_app.speech_recognition.transcription import Transcription
from ari_app.speech_recognition.voice_activity import detector, has_silero
from ari_app.speech_recognition.vosk import Vosk

log = logging.getLogger(__name__)

IDENTITY, LINGER = 5.0, 2.0
"""Seconds in which a connection says whose it is; and after which that of a call that is over is
ended, if Asterisk has not."""

_ORDER = 1 << 23  # bytes of the longest order
_TURNS = 4  # of the event loop, until what has arrived was taken
_LOOKS, _LOOK = 15, 0.02  # for an announcement; seconds
_NICE = 5  # calls come first


class Process:
    """The calls that are listened to: those that the owner announced, one connection each."""

    def __init__(
        self, setup: Setup, recogniser: Recogniser, report: Callable[[Report], None]
    ) -> None:
        self._new = partial(Hearer, setup, recogniser, detector, report)
        self._report = report
        self._hearers: dict[str, Hearer] = {}
        self._connections: dict[str, asyncio.StreamWriter] = {}

    async def take(self, order: Order) -> None:
        """Take an order of the owner; what is to be listened to begins after the sound that came
        before the order."""
        match order:
            case Expect(call):
                self._hearers[call] = self._new()
            case Listen(call):
                for _ in range(_TURNS):
                    await asyncio.sleep(0)
                if hearer := self._hearers.get(call):
                    hearer.listen(order)
            case Stop(call):
                if hearer := self._hearers.get(call):
                    hearer.listen(None)
            case Forget(call):
                if hearer := self._hearers.pop(call, None):
                    hearer.listen(None)
                if writer := self._connections.get(call):
                    asyncio.get_running_loop().call_later(LINGER, _end, writer)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take the sound of a call until its connection ends."""
        try:
            call = await _whose(reader)
            hearer = await self._expected(call)
            if hearer is None or call in self._connections:
                log.warning("a connection for sound is refused: no call is expected there")
                return
            self._connections[call] = writer
            try:
                async for sound in audiosocket.sound(reader):
                    hearer.take(sound)
            finally:
                del self._connections[call]
                if self._hearers.pop(call, None):
                    hearer.listen(None)
                    self._report(Lost(call))
        finally:
            _end(writer)

    async def _expected(self, call: str) -> Hearer | None:
        """What hears a call, whose announcement may be behind other orders; None for a stranger."""
        for _ in range(_LOOKS):
            if call in self._hearers:
                break
            await asyncio.sleep(_LOOK)
        return self._hearers.get(call)


def _end(writer: asyncio.StreamWriter) -> None:
    """End a connection; an old Asterisk reads on without end from one that is only closed."""
    if not writer.is_closing():
        writer.write(audiosocket.HANG_UP)
        writer.close()


async def _whose(reader: asyncio.StreamReader) -> str:
    """The UUID with which a connection begins; "" without one in time."""
    try:
        async with asyncio.timeout(IDENTITY):
            return await audiosocket.identity(reader)
    except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
        return ""


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
            await process.take(json.decode(line, type=Order))
        server.close()


async def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, who ends us
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    os.nice(_NICE)
    out = sys.stdout.buffer

    def report(one: Report) -> None:
        out.write(json.encode(one) + b"\n")
        out.flush()

    orders = asyncio.StreamReader(limit=_ORDER)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin.buffer)
    await _run(orders, report)


if __name__ == "__main__":
    asyncio.run(_main())
