"""Sentences whose own engine was busy, spoken again when it is quiet."""

import asyncio
import logging
import time

import pytest

from prompts import catching_up
from prompts.catching_up import CatchingUp
from prompts.pieces import SpokenText
from tests.deadlines import within


async def test_a_sentence_that_fails_ends_nothing_and_each_is_followed_by_a_pause(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(catching_up, "PAUSE", 0.0)
    spoken = dict[str, tuple[float, float]]()
    done = asyncio.Event()

    async def speak(words: SpokenText) -> None:
        began = time.monotonic()
        await asyncio.sleep(0.05)
        spoken[words.text] = (began, time.monotonic())
        if words.text == "one":
            raise OSError("the disk is full")
        if words.text == "two":
            done.set()

    catching = CatchingUp(speak, lambda: False)
    for text in ("one", "two"):
        catching.add(SpokenText(text, "en"))
    with caplog.at_level(logging.ERROR):
        async with within(5):
            await done.wait()
    await catching.stop()
    assert "the disk is full" in caplog.text
    (began, ended), (later, _) = spoken["one"], spoken["two"]
    assert later - ended >= (ended - began) * 0.95
