"""A speech server of the operator's, and espeak that speaks what it cannot."""

import asyncio
import io
import json
import logging
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from ivr.values import Money, Phrase
from prompts import wav
from prompts.catalogue import Catalogue, read
from prompts.media import PromptMedia
from prompts.operator import Operator
from prompts.pieces import SpokenText
from prompts.speaker import Speaker
from prompts.trial import attempt
from prompts.value_cuts import likely
from prompts.voice import Settings, SpeechFailed, Voice
from tests.ari.facts import until
from tests.deadlines import allowed
from tests.spoken import SHIPPED

pytestmark = pytest.mark.slow

FIRST, SECOND = SpokenText("Первое.", "ru"), SpokenText("Второе.", "ru")
TONE = 440.0


def tone(seconds: float = 1.0, rate: int = 24000) -> bytes:
    """A stereo WAV file of one tone."""
    wave_form = np.sin(2 * np.pi * TONE * np.arange(int(rate * seconds)) / rate) * 20000
    both = np.repeat(wave_form.astype("<i2"), 2)
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((2, 2, rate, 0, "NONE", ""))
        file.writeframes(both.tobytes())
    return made.getvalue()


class Server:
    """A speech server that behaves as ``answer`` says."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, object], str | None]] = []
        self.answer = "tone"
        self.release = asyncio.Event()
        self.url = ""

    async def speech(self, request: web.Request) -> web.Response:
        self.asked.append((json.loads(await request.text()), request.headers.get("Authorization")))
        match self.answer:
            case "tone":
                return web.Response(body=tone())
            case "silence":
                return web.Response(body=tone(0.0))
            case "page":
                return web.Response(text="<html>")
            case "hang":
                await self.release.wait()
                return web.Response(body=tone())
            case _:
                return web.Response(status=503, text="no such model")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    one = Server()
    app = web.Application()
    app.router.add_post("/v1/audio/speech", one.speech)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1/audio/speech"
    yield one
    one.release.set()
    await runner.cleanup()


def settings(server: Server, **changed: float) -> Settings:
    speaker = Speaker("http", "alloy", rate=90, model="best", url=server.url)
    limits: dict[str, Any] = {"deadline": allowed(4.0), **changed}
    return Settings(speakers={"ru": speaker}, token="the-token", **limits)


@asynccontextmanager
async def voice_of(server: Server, directory: Path, **changed: float) -> AsyncIterator[Voice]:
    async with Voice(settings(server, **changed), directory / "cache") as voice:
        yield voice


def is_tone(path: str) -> bool:
    """Whether a file is the tone of the server, at the level of prompts, for the telephone."""
    samples, rate = wav.read(Path(f"{path}.wav"))
    assert rate == 8000
    spectrum = np.abs(np.fft.rfft(samples))
    loudest = float(np.argmax(spectrum)) * rate / len(samples)
    assert wav.loudness(samples) == pytest.approx(wav.LOUDNESS, rel=0.05) or loudest != TONE
    return abs(loudest - TONE) < 5


async def test_a_speech_server_speaks(server: Server, tmp_path: Path) -> None:
    async with voice_of(server, tmp_path) as voice:
        [path] = await voice.speak([FIRST])
        assert is_tone(path)
        assert await voice.speak([FIRST]) == [path]
        [english] = await voice.speak([SpokenText("First.", "en")])
        assert not is_tone(english)
    [(asked, token)] = server.asked
    assert asked == {
        "model": "best",
        "input": "Первое.",
        "voice": "alloy",
        "response_format": "wav",
        "speed": 0.9,
    }
    assert token == "Bearer the-token"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("error", "answered 503 ('no such model')"),
        ("page", "sent no WAV file"),
        ("silence", "gave no sound"),
        ("hang", "is unavailable"),
    ],
)
async def test_what_one_engine_cannot_speak_the_next_one_speaks(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: str, reason: str
) -> None:
    server.answer = answer
    async with voice_of(server, tmp_path, deadline=allowed(1.4)) as voice:
        assert voice.lacks(FIRST) == (voice._speakers["ru"][0], None)
        [path] = await voice.speak([FIRST])
        assert not is_tone(path)
        lacking = voice.lacks(FIRST)
        assert lacking is not None
        assert [str(each) for each in lacking] == ["http:alloy", "espeak:zle/ru"]
        assert reason in caplog.text
        assert "http:alloy failed, espeak:zle/ru speaks instead" in caplog.text
        assert voice.find(FIRST) is None  # what espeak said is no file of the other voice
        assert await voice.speak([FIRST]) == [path]
        assert len(server.asked) == 1  # it is not tried again at once
        server.answer = "tone"
        server.release.set()
        [path] = await voice.speak([SECOND])
        assert is_tone(path)
        assert voice.lacks(SECOND) is None


async def test_no_server_at_all(server: Server, tmp_path: Path) -> None:
    server.url = "http://127.0.0.1:9/v1/audio/speech"
    async with voice_of(server, tmp_path) as voice:
        [path] = await voice.speak([FIRST])
        assert not is_tone(path)


async def test_a_busy_engine_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    server.answer = "hang"
    slow = Settings(
        speakers=settings(server).speakers, deadline=allowed(8.0), patience=0.1, waiting=64
    )
    async with Voice(slow, tmp_path / "cache") as voice:
        many = [SpokenText(f"Номер {number}.", "ru") for number in range(voice.parallel + 6)]
        speaking = [asyncio.create_task(voice.speak([each])) for each in many]
        done = await asyncio.gather(*speaking[voice.parallel :])
        assert not any(is_tone(path) for [path] in done)
        assert len(server.asked) == voice.parallel
        server.answer = "tone"
        server.release.set()
        assert all(is_tone(path) for [path] in await asyncio.gather(*speaking[: voice.parallel]))
        await until(lambda: all(voice.find(each) for each in many))
        assert len(server.asked) == len(many)  # each was spoken later, for the next caller
        assert is_tone(voice.find(many[-1]) or "")


async def test_amounts_are_spoken_ahead_where_the_engine_is_slow(
    server: Server, tmp_path: Path
) -> None:
    texts = {f"{language}.yaml": "owed: Amount {x:money}.\n" for language in ("ru", "en")}
    catalogue = Catalogue(read(texts).texts, Operator(currency="EUR"))
    async with voice_of(server, tmp_path) as voice:
        media = PromptMedia(voice, catalogue, None)
        assert {words.text for words, _, none in media.waiting() if none is None} == {"Amount,"}
        await media.render_all()
        assert not list(media.waiting())
        await media.render_amounts(2)
        asked = len(server.asked)
        assert {each["input"] for each, _ in server.asked} == {"Amount,", *likely("ru", "EUR", 2)}
        amount = Phrase("owed", {"x": Money(Decimal("2.99"), "EUR")})
        assert len(await media.media([amount], "ru")) == 3
        assert len(server.asked) == asked


async def test_without_espeak_the_other_engine_still_speaks(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    speakers = dict.fromkeys(SHIPPED, settings(server).speakers["ru"])
    voice = Voice(Settings(speakers=speakers, deadline=allowed(4.0)), tmp_path / "cache")
    voice._pools["espeak"] = voice._pools["espeak"].__class__(("false",), 1)
    with caplog.at_level(logging.WARNING):
        async with voice:
            [path] = await voice.speak([FIRST])
            assert is_tone(path)
            server.answer = "error"
            with pytest.raises(SpeechFailed, match="answered 503"):
                await voice.speak([SECOND])
    assert "no fallback voice: the speech engine ended at once" in caplog.text


async def test_a_trial_takes_no_other_engine(server: Server) -> None:
    given = settings(server)
    one = await attempt("ru", given.speakers["ru"], given, "Раз.")
    assert one.lasts == pytest.approx(1.2, abs=0.05)  # with the pause of a full stop
    assert one.level == pytest.approx(-18.4, abs=0.5)
    server.answer = "error"
    with pytest.raises(SpeechFailed, match="answered 503"):
        await attempt("ru", given.speakers["ru"], given, "Раз.")
