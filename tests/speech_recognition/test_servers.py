"""Recognisers that ask a server, against fakes that keep its protocol; a secret stays here."""

import json

import aiohttp
import numpy as np
import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from ari_app.speech_recognition.engine import Recogniser, RecognitionError, Words
from ari_app.speech_recognition.hearer import Hearer
from ari_app.speech_recognition.messages import Began, Heard, Listen, Report, Setup
from ari_app.speech_recognition.sherpa import Sherpa
from ari_app.speech_recognition.transcription import Transcription
from ari_app.speech_recognition.voice_activity import Energy
from ari_app.speech_recognition.vosk import Vosk
from tests.ari.facts import until

ASKED = Listen("call", 1, "en", {"balance": "1"})
SOUND = (8000 * np.sin(np.arange(8000) / 3)).astype(np.int16)


async def vosk(request: web.Request) -> web.WebSocketResponse:
    """As asr_server.py: an answer to each message of sound and to eof, none to the settings."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    config = json.loads(await socket.receive_str())["config"]
    got = 0
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            got += len(message.data)
            await socket.send_str('{"partial" : ""}')
        else:
            assert message.data == '{"eof" : 1}', "asr_server.py compares it to the letter"
            fits = config["sample_rate"] == 8000 and "balance" in config["phrase_list"]
            fits = fits and config["max_alternatives"] == 0
            word = {"word": "balance", "conf": 0.7, "start": 0.0, "end": 0.5}
            text = "balance" if fits and got == 2 * len(SOUND) else ""
            await socket.send_str(json.dumps({"result": [word], "text": text}))
            break
    return socket


async def sherpa(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    data = await socket.receive_bytes()
    rate, length = int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little")
    while len(data) < 8 + length:
        data += await socket.receive_bytes()
    loudest = np.abs(np.frombuffer(data[8:], "<f4")).max()
    text = "balance" if rate == 8000 and 0.2 < loudest < 0.3 else ""
    await socket.send_str(json.dumps({"text": text}))
    assert await socket.receive_str() == "Done"
    return socket


async def openai(request: web.Request) -> web.Response:
    form = await request.post()
    file = form["file"]
    assert isinstance(file, web.FileField)
    if request.headers.get("Authorization") != "Bearer key" or file.file.read(4) != b"RIFF":
        return web.Response(status=401)
    assert form["language"] == "en"
    if form["model"] == "without segments":
        fits = form["response_format"] == "json"
        return web.json_response({"text": "Balance."}, status=200 if fits else 400)
    assert (form["model"], form["response_format"]) == ("small", "verbose_json")
    segments = [{"avg_logprob": -0.5, "no_speech_prob": 0.1}]
    return web.json_response({"text": " Balance.", "segments": segments})


async def test_servers_are_asked_by_their_protocols() -> None:
    application = web.Application()
    application.add_routes(
        [web.get("/vosk", vosk), web.get("/sherpa", sherpa), web.post("/openai", openai)]
    )
    async with TestServer(application) as server, aiohttp.ClientSession() as session:

        def setup(path: str, token: str = "key", model: str = "small") -> Setup:
            return Setup(engine="vosk", url=str(server.make_url(path)), model=model, token=token)

        plain = Transcription(setup("/openai", model="without segments"), session)

        asked: list[tuple[Recogniser, Words]] = [
            (Vosk(setup("/vosk"), session), Words("balance", 0.7)),
            (Sherpa(setup("/sherpa"), session), Words("balance", 0.8)),
            (Transcription(setup("/openai"), session), Words("Balance.", 0.55)),
            (plain, Words("Balance.", 0.8)),
            (plain, Words("Balance.", 0.8)),
        ]
        for recogniser, words in asked:
            assert await recogniser.recognise(ASKED, SOUND) == words
        for wrong in (
            Transcription(setup("/openai", "wrong"), session),
            Vosk(setup("/none"), session),
        ):
            with pytest.raises(RecognitionError):
                await wrong.recognise(ASKED, SOUND)


class Server:
    """A recogniser elsewhere, which counts what it is given."""

    pause = 0.1
    local = False
    asked = 0

    def hears(self, asked: Listen) -> bool:
        return not asked.secret

    async def recognise(self, asked: Listen, sound: object) -> Words:  # noqa: ARG002 - the protocol
        self.asked += 1
        return Words("balance", 0.5)


async def test_a_secret_goes_to_no_server_and_a_doubt_is_marked() -> None:
    """What cannot be made out is not listened to, so that its caller is not misunderstood."""
    secret = Listen("call", 1, "en", {"one": "1"}, 4, secret=True)
    async with aiohttp.ClientSession() as session:
        for kind in (Vosk, Sherpa, Transcription):
            own, allowed = (
                kind(Setup(engine="vosk", secrets=one), session) for one in (False, True)
            )
            assert (own.hears(secret), own.hears(ASKED), allowed.hears(secret)) == (0, 1, 1)
    reports: list[Report] = []
    server = Server()
    hearer = Hearer(Setup(engine="vosk"), server, Energy, reports.append)
    silence = np.zeros(1600, np.int16)
    for ask in (secret, ASKED):
        hearer.listen(ask)
        for frame in np.concatenate((silence, SOUND[:3200], silence)).reshape(-1, 160):
            hearer.take(frame.astype("<i2").tobytes())
    await until(lambda: len(reports) == 2)
    assert reports == [Began("call", 1), Heard("call", 1, "balance", 0.5, doubtful=True)]
    assert server.asked == 1
