"""The templates of the built-in recogniser: which are there, and what happens to the others."""

from pathlib import Path

import numpy as np
import pytest

from ari_app.speech_recognition import synthesis
from ari_app.speech_recognition.built_in import BuiltIn
from ari_app.speech_recognition.messages import Listen
from ari_app.speech_recognition.synthesis import Spoken, speak_templates
from ari_app.speech_recognition.templates import Templates
from prompts import wav
from prompts.voice import Settings, SpeechFailed, Voice

LONG = "а" * 200
SOUND = (np.sin(np.arange(4000) / 3) / 2).astype(np.float32)


class Tongue(Voice):
    """A voice that cannot say one word."""

    async def say(self, text: str, language: str, target: Path) -> None:  # noqa: ARG002 - the base
        if text == "пароль":
            raise SpeechFailed("it cannot be spoken")
        wav.write(target, SOUND)


async def test_a_word_that_cannot_be_spoken_keeps_no_other_one_from_being_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "Voice", Tongue)
    wanted = {("ru", each) for each in (LONG, "баланс", "пароль", "тариф")}
    spoken = await speak_templates(tmp_path, wanted, {"ru": "espeak"}, Settings())
    voices = spoken.missing
    assert spoken == Spoken(3 * voices, voices)
    templates = Templates([tmp_path])
    assert {each.phrase for each in templates.of("ru")} == {LONG, "баланс", "тариф"}
    engine = BuiltIn(templates)
    heard = [
        word
        for word in (LONG, "пароль", "тариф")
        if engine.hears(Listen("c", 1, "ru", {word: "1"}))
    ]
    assert heard == [LONG, "тариф"]
    assert not engine.hears(Listen("c", 1, "de", {"ja": "1"}))
    await speak_templates(tmp_path, {("ru", "тариф")}, {"ru": "espeak"}, Settings())
    assert {each.phrase for each in templates.of("ru")} == {"тариф"}
