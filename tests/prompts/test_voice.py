"""The voice, with the real espeak-ng in its real process."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ivr.values import Money, Name, Phrase
from prompts import wav
from prompts.catalogue import merge, read
from prompts.media import PromptMedia
from prompts.messages import SpeakRequest, VoiceSetup
from prompts.speaker import Speaker
from prompts.speech_process import Worker, command
from prompts.telephone import playable
from prompts.voice import Settings, SpeechFailed, Voice
from tests.deadlines import allowed

pytestmark = pytest.mark.slow

CATALOGUE = read(
    {
        "ru.yaml": 'hello: Добрый день.\nname: "{name:name}."\nbalance: У вас {balance:money}.\n',
        "be.yaml": 'hello: Добры дзень.\nname: "{name:name}."\nbalance: У вас {balance:money}.\n',
        "en.yaml": 'hello: Good day.\nname: "{name:name}."\nbalance: It is {balance:money}.\n',
    }
)
HELLO = Phrase("hello")


def named(text: str) -> Phrase:
    return Phrase("name", {"name": Name({"": text})})


def balance(amount: int) -> Phrase:
    return Phrase("balance", {"balance": Money(Decimal(amount), "BYN")})


def sound(path: str) -> wav.Samples:
    return wav.read(Path(f"{path}.wav"))[0]


@asynccontextmanager
async def read_out(directory: Path, settings: Settings | None = None) -> AsyncIterator[PromptMedia]:
    patient = Settings(deadline=allowed(Settings().deadline))
    async with Voice(settings or patient, directory / "cache") as voice:
        yield PromptMedia(voice, CATALOGUE, directory / "recordings")


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[PromptMedia]:
    async with read_out(tmp_path) as entered:
        yield entered


@pytest.fixture
def voice(reading: PromptMedia) -> Voice:
    return reading.voice


async def test_every_language_has_its_own_voice(voice: Voice, tmp_path: Path) -> None:
    made = {}
    for language in ("ru", "be", "en"):
        await voice.say("Minsk, telefon, radio.", language, tmp_path / "said.wav")
        made[language] = wav.read(tmp_path / "said.wav")[0]
    for one, other in (("ru", "en"), ("be", "en"), ("ru", "be")):
        length = min(len(made[one]), len(made[other]))
        assert length > 4000
        likeness = np.corrcoef(made[one][:length], made[other][:length])[0, 1]
        assert abs(likeness) < 0.5


async def test_a_phrase_becomes_files_for_the_telephone(reading: PromptMedia) -> None:
    first, second = await reading.media([HELLO, balance(5)], "ru")
    assert Path(f"{first}.wav").is_absolute()
    assert playable(Path(f"{first}.wav"))
    samples = sound(second)
    assert 0.1 < np.abs(samples).max() <= wav.PEAK + 0.001
    assert 0.5 < len(samples) / 8000 < 4


async def test_a_second_time_nothing_is_spoken(reading: PromptMedia, voice: Voice) -> None:
    paths = await reading.media([HELLO, balance(5)], "be")
    assert voice.pid is not None
    os.kill(voice.pid, signal.SIGSTOP)
    assert await reading.media([HELLO, balance(5)], "be") == paths


async def test_the_same_sentence_at_once_is_spoken_once(tmp_path: Path) -> None:
    one = Settings(waiting=1, deadline=allowed(4.0))  # a second one would be refused
    async with read_out(tmp_path, one) as reading:
        paths = await asyncio.gather(*(reading.media([balance(7)], "ru") for _ in range(20)))
        assert all(path == paths[0] for path in paths)


async def test_more_than_may_wait_are_refused_at_once(tmp_path: Path) -> None:
    async with read_out(tmp_path, Settings(waiting=2, deadline=allowed(4.0))) as reading:
        answers = await asyncio.gather(
            *(reading.media([balance(amount)], "ru") for amount in range(5)), return_exceptions=True
        )
        assert [isinstance(each, SpeechFailed) for each in answers] == [False] * 2 + [True] * 3
        assert "2 sentences wait" in str(answers[2])


async def test_different_sentences_at_once(reading: PromptMedia) -> None:
    amounts = range(100, 130)
    paths = await asyncio.gather(*(reading.media([balance(amount)], "ru") for amount in amounts))
    assert len({path for (path,) in paths}) == 30
    assert all(playable(Path(f"{path}.wav")) for (path,) in paths)


async def test_who_hangs_up_takes_nothing_from_others(reading: PromptMedia) -> None:
    leaving = asyncio.create_task(reading.media([balance(8)], "ru"))
    staying = asyncio.create_task(reading.media([balance(8)], "ru"))
    await asyncio.sleep(0)
    leaving.cancel()
    (path,) = await staying
    assert playable(Path(f"{path}.wav"))
    assert leaving.cancelled()


async def test_a_dead_process_is_replaced(reading: PromptMedia, voice: Voice) -> None:
    before = voice.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    (path,) = await reading.media([balance(9)], "ru")
    assert playable(Path(f"{path}.wav"))
    assert voice.pid not in (None, before)


async def test_a_process_that_hangs_is_replaced(tmp_path: Path) -> None:
    deadline = float(round(allowed(1.0)))
    async with read_out(tmp_path, Settings(deadline=deadline)) as reading:
        before = reading.voice.pid
        assert before is not None
        os.kill(before, signal.SIGSTOP)
        with pytest.raises(SpeechFailed, match=f"in {deadline:g} s"):
            await reading.media([balance(9)], "ru")
        (path,) = await reading.media([balance(10)], "ru")
        assert playable(Path(f"{path}.wav"))
        assert reading.voice.pid != before


async def test_a_long_text(reading: PromptMedia) -> None:
    words = ("Мы работаем круглосуточно, звоните в любое время. " * 41)[:2000]
    (path,) = await reading.media([named(words)], "ru")
    assert len(sound(path)) / 8000 > 90


async def test_a_long_text_without_punctuation_is_spoken_to_its_end(
    voice: Voice, tmp_path: Path
) -> None:
    """espeak drops the end of a clause that is too long, in silence: here that of the second."""
    lengths = []
    for numbers in (20, 40):
        await voice.say("777777 " * numbers, "ru", tmp_path / "said.wav")
        lengths.append(len(wav.read(tmp_path / "said.wav")[0]))
    assert lengths[1] > 1.9 * lengths[0]


async def test_all_fixed_prompts_and_again(tmp_path: Path) -> None:
    done: list[tuple[int, int]] = []
    async with read_out(tmp_path) as reading:
        assert await reading.render_all(progress=lambda *now: done.append(now)) == 3
        assert done == [(1, 3), (2, 3), (3, 3)]
        assert await reading.render_all() == 0
    async with read_out(tmp_path) as reading:
        assert await reading.render_all() == 0
        (path,) = await reading.media([HELLO], "ru")
    Path(f"{path}.wav").write_bytes(b"")
    async with read_out(tmp_path) as reading:
        assert await reading.render_all() == 1
        assert playable(Path(f"{path}.wav"))
        reading.voice.forget([path])
        assert await reading.render_all() == 1


async def test_two_catalogues_are_heard_at_once(reading: PromptMedia, tmp_path: Path) -> None:
    """The calls that go on with an old one, and the new ones."""
    own = {"ru.yaml": "hello: Здравствуйте.\n"}
    other = PromptMedia(reading.voice, merge(CATALOGUE, own).valid(), tmp_path / "recordings")
    assert await reading.render_all() == 3
    assert await other.render_all() == 1
    assert await other.media([HELLO], "ru") != await reading.media([HELLO], "ru")
    assert await other.media([HELLO], "en") == await reading.media([HELLO], "en")


async def test_a_fresh_process_speaks_on(reading: PromptMedia, voice: Voice) -> None:
    before = voice.pid
    await voice.renew()
    assert voice.pid not in (None, before)
    assert await reading.media([HELLO], "ru")


async def test_recordings_win(tmp_path: Path) -> None:
    (tmp_path / "recordings/ru").mkdir(parents=True)
    wav.write(tmp_path / "recordings/ru/hello.wav", np.full(800, 0.1, dtype=np.float32))
    (tmp_path / "recordings/ru/hallo.wav").touch()
    async with read_out(tmp_path) as reading:
        assert await reading.media([HELLO], "ru") == [str(tmp_path / "recordings/ru/hello")]
        assert len(reading.problems) == 1
        assert "no prompt hallo" in reading.problems[0]


@pytest.mark.parametrize(
    ("speakers", "reason"),
    [
        (
            {"ru": Speaker("espeak", "gmw/en")},
            "'gmw/en' does not speak ru but en-gb: set one of zle/ru",
        ),
        ({"ru": Speaker("espeak", "zle/xx")}, "no voice 'zle/xx'; for ru it has zle/ru"),
        ({"ru": Speaker("festival", "ru")}, "no engine 'festival': use one of espeak, rhvoice"),
        (
            {"ru": Speaker("http", "alloy")},
            "the engine http of ru has no url: set one such as http:",
        ),
    ],
)
async def test_a_wrong_voice_is_refused(
    tmp_path: Path, speakers: dict[str, Speaker], reason: str
) -> None:
    with pytest.raises(SpeechFailed, match=reason):
        async with read_out(tmp_path, Settings(speakers=speakers)):
            pass


async def test_a_variant_of_a_voice(tmp_path: Path) -> None:
    async with read_out(
        tmp_path, Settings(speakers={"ru": Speaker("espeak", "zle/ru+f3")})
    ) as other:
        female = await other.media([HELLO], "ru")
    async with read_out(tmp_path) as usual:
        assert await usual.media([HELLO], "ru") != female


async def test_what_has_no_sound_or_no_words(
    reading: PromptMedia, voice: Voice, tmp_path: Path
) -> None:
    with pytest.raises(SpeechFailed, match="espeak gave no sound"):
        await voice.say("...", "ru", tmp_path / "said.wav")
    with pytest.raises(SpeechFailed, match="no prompt nothing"):
        await reading.media([Phrase("nothing")], "ru")
    with pytest.raises(SpeechFailed, match="there is no voice for 'xx'"):
        await voice.say("raz", "xx", tmp_path / "said.wav")
    assert await reading.media([HELLO], "ru")


async def test_a_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(SpeechFailed, match="cannot hold spoken sentences"):
        async with read_out(tmp_path):
            pass


async def test_a_directory_that_went_away(reading: PromptMedia, tmp_path: Path) -> None:
    (tmp_path / "cache").rename(tmp_path / "moved")
    with pytest.raises(SpeechFailed, match="cannot be written"):
        await reading.media([HELLO], "ru")
    (tmp_path / "moved").rename(tmp_path / "cache")
    assert await reading.media([HELLO], "ru")


async def test_a_process_that_ends_at_once_says_its_last_words() -> None:
    worker = Worker((sys.executable, "-c", "raise SystemExit('no phontab')"))
    with pytest.raises(SpeechFailed, match=r"ended at once \(no phontab\).*espeak-ng-data"):
        await worker.start()
    with pytest.raises(SpeechFailed, match="no phontab"):
        await worker.speak(SpeakRequest("ru", "раз", "raz.wav"), 1.0)
    assert worker.pid is None


async def test_a_full_disk_is_reported_and_does_not_last(tmp_path: Path) -> None:
    """A limit to the size of files stands for the end of the disk: writing fails half-way."""
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
        "from prompts.speech_worker import main; main()"
    )
    usual = command([VoiceSetup("ru", "espeak", "zle/ru", 100)], tmp_path)
    worker = Worker((sys.executable, "-c", program, *usual[-2:]))
    with pytest.raises(SpeechFailed, match="cannot be stored: free some space"):
        await worker.speak(
            SpeakRequest("ru", "Добрый день. " * 20, str(tmp_path / "long.wav")), 4.0
        )
    await worker.speak(SpeakRequest("ru", "Добрый день.", str(tmp_path / "short.wav")), 4.0)
    await worker.stop()
    assert playable(tmp_path / "short.wav")
    assert not (tmp_path / "long.wav").exists()


async def test_leaving_ends_the_process_and_what_waits(tmp_path: Path) -> None:
    async with read_out(tmp_path) as reading:
        waiting = asyncio.create_task(reading.media([named("раз " * 400)], "ru"))
        await asyncio.sleep(0)
        pid = reading.voice.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_phrase_in_one_file_is_what_is_played(voice: Voice, tmp_path: Path) -> None:
    own = {"ru.yaml": "balance: Сейчас у вас на счёте {balance:money}. Спасибо.\n"}
    media = PromptMedia(voice, merge(CATALOGUE, own).valid(), None)
    files = await media.media([balance(7)], "ru")
    assert len(files) == 3
    await media.write(balance(7), "ru", tmp_path / "whole.wav")
    assert np.array_equal(sound(str(tmp_path / "whole")), np.concatenate([*map(sound, files)]))
