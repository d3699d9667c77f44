"""However many callers are to hear something new at the same time, each is spoken to."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from prompts import wav
from prompts.messages import SpeakRequest
from prompts.telephone import playable
from prompts.voice import Settings
from tests.deadlines import allowed
from tests.prompts.test_voice import balance, read_out


class SlowWorker:
    """A speech process that takes its time for each sentence."""

    version, pid = "1", None

    def __init__(self, *_: object) -> None:
        """As a worker is made."""

    async def speak(self, request: SpeakRequest, _: float) -> None:
        await asyncio.sleep(0.02)
        wav.write(Path(request.path), np.full(800, 0.1, dtype=np.float32))

    async def start(self) -> None:
        """It is warm."""

    stop = start


async def test_no_caller_is_sent_away_because_many_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though all that were before them take far longer than one sentence may."""
    monkeypatch.setattr("prompts.speech_pool.Worker", SlowWorker)
    async with read_out(tmp_path, Settings(deadline=0.1, longest=allowed(20.0))) as reading:
        began = asyncio.get_running_loop().time()
        amounts = range(100, 160)
        paths = await asyncio.gather(*(reading.media([balance(each)], "ru") for each in amounts))
        assert len({path for (path,) in paths}) == len(amounts)
        assert all(playable(Path(f"{path}.wav")) for (path,) in paths)
        assert asyncio.get_running_loop().time() - began > 0.1
