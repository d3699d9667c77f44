"""The recognition process: sound and orders in the order in which they came, and whose sound."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from ari_app.speech_recognition import audiosocket
from ari_app.speech_recognition.__main__ import Process
from ari_app.speech_recognition.engine import Words
from ari_app.speech_recognition.hearer import Hearer
from ari_app.speech_recognition.messages import (
    Began,
    Expect,
    Forget,
    Heard,
    Listen,
    Lost,
    Order,
    Report,
    Setup,
    Stop,
)
from ari_app.speech_recognition.voice_activity import Energy
from tests.ari.facts import until

VOICE = (8000 * np.sin(np.arange(160) / 3)).astype("<i2").tobytes()
SILENCE = bytes(320)
CALL = str(uuid.uuid4())


class HeldUp:
    """A recogniser that answers when it is let."""

    pause = 0.3
    local = False

    def __init__(self) -> None:
        self.asked = 0
        self.free = asyncio.Event()

    def hears(self, asked: Listen) -> bool:
        return bool(asked.phrases)

    async def recognise(self, asked: Listen, sound: object) -> Words:  # noqa: ARG002 - the protocol
        self.asked += 1
        await self.free.wait()
        return Words(next(iter(asked.phrases)), 0.9)


class World:
    def __init__(self) -> None:
        self.recogniser = HeldUp()
        self.reports: list[Report] = []
        self.process = Process(Setup(engine="vosk"), self.recogniser, self.reports.append)
        self.port = 0

    async def orders(self, *orders: Order) -> None:
        for order in orders:
            await self.process.take(order)

    async def connect(self, call: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"\x01\x00\x10" + uuid.UUID(call).bytes)
        return reader, writer


def says(writer: asyncio.StreamWriter, *parts: tuple[int, bytes]) -> None:
    for frames, sound in parts:
        message = bytes([audiosocket.SOUND]) + len(sound).to_bytes(2, "big") + sound
        writer.write(message * frames)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    world = World()
    async with await asyncio.start_server(world.process.connected, "127.0.0.1", 0) as server:
        world.port = server.sockets[0].getsockname()[1]
        yield world


def ask(turn: int, words: str) -> Listen:
    return Listen(CALL, turn, "ru", {words: "1"})


async def test_what_was_said_before_an_ask_is_not_taken_for_its_answer() -> None:
    """Also while a recogniser lets the ask before wait, as its caller pressed a key."""
    async with running() as world:
        await world.orders(Expect(CALL))
        _, writer = await world.connect(CALL)
        await world.orders(ask(1, "баланс"))
        says(writer, (20, SILENCE), (20, VOICE), (20, SILENCE))
        await until(lambda: world.recogniser.asked == 1)
        await world.orders(Stop(CALL))
        says(writer, (20, SILENCE), (25, VOICE), (20, SILENCE))
        await world.orders(ask(2, "да"))
        world.recogniser.free.set()
        says(writer, (20, SILENCE), (25, VOICE), (20, SILENCE))
        await until(lambda: Heard(CALL, 2, "да", 0.9) in world.reports)
        assert world.reports == [Began(CALL, 1), Began(CALL, 2), Heard(CALL, 2, "да", 0.9)]
        assert world.recogniser.asked == 2
        await world.orders(Stop(CALL))
        says(writer, (10, VOICE))  # in the middle of a word
        await world.orders(ask(3, "да"))
        says(writer, (10, VOICE))
        await until(lambda: Began(CALL, 3, early=True) in world.reports)
        writer.close()
        await until(lambda: world.reports[-1] == Lost(CALL))


async def test_only_calls_that_are_expected_connect_and_once_each() -> None:
    async with running() as world:
        await world.orders(Expect(CALL))
        _, writer = await world.connect(CALL)
        await world.orders(ask(1, "да"))
        says(writer, (10, VOICE))
        await until(lambda: world.reports == [Began(CALL, 1, early=True)])
        for other in (CALL, str(uuid.uuid4())):
            reader, stranger = await world.connect(other)
            assert await reader.read() == audiosocket.HANG_UP
            stranger.close()
        says(writer, (20, SILENCE))
        world.recogniser.free.set()
        await until(lambda: world.reports[-1] == Heard(CALL, 1, "да", 0.9))
        await world.orders(Forget(CALL))
        reader, stranger = await world.connect(CALL)
        assert await reader.read() == audiosocket.HANG_UP
        stranger.close()
        writer.close()


async def test_the_noise_of_a_line_is_no_speech() -> None:
    """Noise begins in the middle of a call, and goes on over its asks."""
    reports: list[Report] = []
    hearer = Hearer(Setup(engine="vosk"), HeldUp(), Energy, reports.append)
    noise = np.random.default_rng(1).normal(0, 32768 * 10 ** (-35 / 20), (1000, 160))
    hearer.listen(ask(1, "да"))
    for frame in noise.astype("<i2"):
        hearer.take(frame.tobytes())
    assert reports
    assert not [each for each in reports if isinstance(each, Heard) and each.words is not None]
    reports.clear()
    hearer.listen(ask(2, "да"))
    for frame in noise.astype("<i2"):
        hearer.take(frame.tobytes())
    assert reports == []
