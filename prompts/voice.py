"""Text to sound files that Asterisk can play, from the cache or spoken now."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from prompts.cache import Cache
from prompts.messages import SpeakRequest, VoiceSetup
from prompts.plan import Speaker, SpokenText, key
from prompts.speech_process import SpeechFailed, Worker, command

__all__ = ["Settings", "SpeechFailed", "Voice"]

VOICES = {"ru": "espeak:zle/ru", "be": "espeak:zle/be", "en": "espeak:gmw/en"}


class Settings(Struct, frozen=True):
    """The voices and limits of speech."""

    voices: Mapping[str, str] = {}
    """Language to ``engine:voice``, such as ``rhvoice:Irina``; the others are :data:`VOICES`."""
    rate: int = 100
    """Percent of the engine's default rate."""
    deadline: float = 4.0
    """Timeout of a sentence in seconds."""
    waiting: int = 64
    """The most sentences that wait to be spoken; a further one fails at once."""
    cache_megabytes: int = 512


class Voice:
    """Text to speech. Used as ``async with Voice(…) as voice``.

    Entering raises :class:`SpeechFailed` when an engine or a voice cannot be used.
    """

    def __init__(self, settings: Settings, cache_dir: Path) -> None:
        self._settings = settings
        self._cache = Cache(cache_dir, settings.cache_megabytes * 1_000_000)
        self._directory = cache_dir.absolute()
        self._speakers = _speakers(settings)
        hired = [
            VoiceSetup(language, speaker.engine, speaker.voice, speaker.rate)
            for language, speaker in self._speakers.items()
        ]
        self._worker = Worker(command(hired, self._directory), settings.deadline)
        self._speaking: dict[str, asyncio.Task[str]] = {}

    @property
    def pid(self) -> int | None:
        """The id of the speech process."""
        return self._worker.pid

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._cache.open)
        except OSError as error:
            raise SpeechFailed(
                f"{self._directory} cannot hold spoken sentences ({error.strerror}): "
                "make it writable, or set another directory"
            ) from error
        await self._worker.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        speaking = tuple(self._speaking.values())
        for task in speaking:
            task.cancel()
        await asyncio.gather(*speaking, return_exceptions=True)
        await self._worker.stop()

    def find(self, words: SpokenText) -> str | None:
        """The path, without extension, of a cached text; None if not cached. No disk access."""
        return self._cache.find(key(self._speaker(words.language), words.text))

    async def speak(self, sentences: Sequence[SpokenText]) -> list[str]:
        """Speak sentences and return their paths. Raises :class:`SpeechFailed`."""
        return await self._all([self._begun(words) for words in sentences])

    async def say(self, text: str, language: str, target: Path) -> None:
        """Speak a sentence into a WAV file. Raises :class:`SpeechFailed` and OSError."""
        words = SpokenText(" ".join(text.split()), language)
        path = self.find(words) or (await self.speak([words]))[0]
        await asyncio.to_thread(shutil.copyfile, f"{path}.wav", target)

    async def renew(self) -> None:
        """Restart the process, which frees the memory that much speech leaves behind (12 MB)."""
        await self._worker.stop()
        await self._worker.start()

    def forget(self, paths: Sequence[str]) -> None:
        """Drop files that could not be played; they are spoken again on the next use."""
        for path in paths:
            self._cache.forget(Path(path).name)

    def _begun(self, words: SpokenText) -> asyncio.Task[str]:
        """The task that speaks a text, shared by all who wait for it."""
        name = key(self._speaker(words.language), words.text)
        task = self._speaking.get(name)
        if task is None:
            if len(self._speaking) >= self._settings.waiting:
                raise SpeechFailed(
                    f"{len(self._speaking)} sentences wait for the speech engine: it is too slow "
                    "for so many calls; give it more CPU, or record the prompts"
                )
            task = asyncio.create_task(self._speak(words, name))
            self._speaking[name] = task
            task.add_done_callback(lambda done: self._done(name, done))
        return task

    def _done(self, name: str, task: asyncio.Task[str]) -> None:
        del self._speaking[name]
        if not task.cancelled():
            task.exception()  # marks it as retrieved: all callers may have hung up

    async def _speak(self, words: SpokenText, name: str) -> str:
        file = self._cache.file(name)
        await self._worker.speak(SpeakRequest(words.language, words.text, str(file)))
        self._cache.add(name)
        return str(file.with_suffix(""))

    async def _all(self, tasks: Sequence[asyncio.Task[str]]) -> list[str]:
        """The paths; a cancelled wait does not cancel the speech others wait for."""
        try:
            async with asyncio.timeout(self._settings.deadline):
                return [await asyncio.shield(task) for task in tasks]
        except TimeoutError:
            raise SpeechFailed(
                f"a sentence was not spoken in {self._settings.deadline:g} s: the speech engine is "
                "overloaded"
            ) from None

    def _speaker(self, language: str) -> Speaker:
        speaker = self._speakers.get(language)
        if speaker is None:
            raise SpeechFailed(
                f"there is no voice for {language!r}: use one of {', '.join(VOICES)}"
            )
        return speaker


def _speakers(settings: Settings) -> dict[str, Speaker]:
    """The speaker of each language."""
    found = {}
    for language, usual in VOICES.items():
        named = settings.voices.get(language, usual)
        engine, colon, voice = named.partition(":")
        if not colon:
            raise SpeechFailed(f"the voice {named!r} names no engine: write one such as {usual}")
        found[language] = Speaker(engine, voice, settings.rate)
    return found
