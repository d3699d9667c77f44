"""Phrases to files that Asterisk can play: recordings, sentences spoken before, or spoken now."""

import asyncio
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

from ivr.phrases import PhraseError
from ivr.values import Phrase
from prompts.cache import Cache
from prompts.catalogue import Catalogue
from prompts.messages import Hired, Speak
from prompts.plan import Piece, Recorded, Recordings, Speaker, Words, key, pieces
from prompts.process import SpeechFailed, Worker, command
from prompts.recordings import scan

__all__ = ["Settings", "SpeechFailed", "Voice"]

VOICES = {"ru": "espeak:zle/ru", "be": "espeak:zle/be", "en": "espeak:gmw/en"}

Progress = Callable[[int, int], None]
"""Called with how many sentences are done, of how many."""


class Settings(Struct, frozen=True):
    """Who speaks, and the bounds of it."""

    voices: Mapping[str, str] = {}
    """Language to ``engine:voice``, such as ``rhvoice:Irina``; the others are :data:`VOICES`."""
    rate: int = 100
    """Percent of an engine's usual rate."""
    deadline: float = 4.0
    """Seconds in which a sentence must be there."""
    waiting: int = 64
    """How many sentences may wait to be spoken; the next one fails at once."""
    cache_megabytes: int = 512


class Voice:
    """What callers hear. Used as ``async with Voice(…) as voice``.

    Entering raises :class:`SpeechFailed` when an engine or a voice cannot be used. ``problems``
    then says which recordings are not usable, and why.
    """

    def __init__(
        self,
        settings: Settings,
        cache_dir: Path,
        recordings_dir: Path | None,
        catalogue: Catalogue,
    ) -> None:
        self._settings = settings
        self._cache = Cache(cache_dir, settings.cache_megabytes * 1_000_000)
        self._directory = cache_dir.absolute()
        self._recordings_dir = recordings_dir
        self._catalogue = catalogue
        self._speakers = _speakers(settings, catalogue.languages)
        hired = [
            Hired(language, speaker.engine, speaker.voice, speaker.rate)
            for language, speaker in self._speakers.items()
        ]
        self._worker = Worker(command(hired, self._directory), settings.deadline)
        self._speaking: dict[str, asyncio.Task[str]] = {}
        self._plain: dict[tuple[str, str], tuple[Piece, ...]] = {}
        self._recordings: Recordings = {}
        self.problems: tuple[str, ...] = ()

    @property
    def pid(self) -> int | None:
        """The process that speaks."""
        return self._worker.pid

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._cache.open)
        except OSError as error:
            raise SpeechFailed(
                f"{self._directory} cannot hold spoken sentences ({error.strerror}): "
                "make it writable, or set another directory"
            ) from error
        if self._recordings_dir is not None:
            self._recordings, self.problems = await asyncio.to_thread(
                scan, self._recordings_dir, self._catalogue
            )
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

    async def media(self, phrases: Iterable[Phrase], language: str) -> list[str]:
        """The absolute paths, without extension, of what to play one after the other.

        Nothing is awaited when all of it was spoken before. Raises :class:`SpeechFailed`.
        """
        told = [piece for phrase in phrases for piece in self._pieces(phrase, language)]
        found = [self._found(piece) for piece in told]
        if None in found:
            waiting = [
                self._begun(piece)
                for piece, path in zip(told, found, strict=True)
                if path is None and isinstance(piece, Words)
            ]
            spoken = iter(await self._all(waiting))
            return [path if path is not None else next(spoken) for path in found]
        return [path for path in found if path is not None]

    async def say(self, text: str, language: str, target: Path) -> None:
        """Speak a sentence into a WAV file. Raises :class:`SpeechFailed` and OSError."""
        words = Words(" ".join(text.split()), language)
        path = self._found(words) or (await self._all([self._begun(words)]))[0]
        await asyncio.to_thread(shutil.copyfile, f"{path}.wav", target)

    async def render_all(
        self, languages: Sequence[str] = (), progress: Progress | None = None
    ) -> int:
        """Have all prompts without placeholders ready; the number of those spoken now.

        Raises :class:`SpeechFailed` at the first that cannot be spoken.
        """
        sentences = [
            piece
            for language in languages or self._catalogue.languages
            for prompt in self._catalogue.prompts
            if not self._catalogue.slots(prompt)
            for piece in self._pieces(Phrase(prompt), language)
            if isinstance(piece, Words)
        ]
        spoken = 0
        for done, words in enumerate(sentences, 1):
            if self._found(words) is None:
                await self._all([self._begun(words)])
                spoken += 1
            if progress is not None:
                progress(done, len(sentences))
        if spoken:  # a fresh process has not the memory that so much speech leaves behind: 12 MB
            await self._worker.stop()
            await self._worker.start()
        return spoken

    def forget(self, path: str) -> None:
        """A file of :meth:`media` could not be played: it is spoken again when next asked for."""
        self._cache.forget(Path(path).name)

    def _pieces(self, phrase: Phrase, language: str) -> tuple[Piece, ...]:
        try:
            if phrase.values:
                return pieces(self._catalogue, phrase, language, self._recordings)
            plain = self._plain.get((phrase.prompt, language))
            if plain is None:
                plain = pieces(self._catalogue, phrase, language, self._recordings)
                self._plain[phrase.prompt, language] = plain
            return plain
        except PhraseError as error:
            raise SpeechFailed(str(error)) from error

    def _found(self, piece: Piece) -> str | None:
        match piece:
            case Recorded(path):
                return path
            case Words(text, language):
                return self._cache.find(key(self._speaker(language), text))

    def _begun(self, words: Words) -> asyncio.Task[str]:
        """The speaking of words, begun now or by somebody before."""
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
            task.exception()  # its waiters may all have hung up; that is no fault

    async def _speak(self, words: Words, name: str) -> str:
        file = self._cache.file(name)
        await self._worker.speak(Speak(words.language, words.text, str(file)))
        self._cache.add(name)
        return str(file.with_suffix(""))

    async def _all(self, tasks: Sequence[asyncio.Task[str]]) -> list[str]:
        """The paths; a caller who hangs up meanwhile takes nothing from others who wait."""
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
            raise SpeechFailed(f"nobody speaks {language!r}: add {language}.yaml and a voice")
        return speaker


def _speakers(settings: Settings, languages: Iterable[str]) -> dict[str, Speaker]:
    """The speaker of each language."""
    voices = VOICES | dict(settings.voices)
    found = {}
    for language in languages:
        engine, colon, voice = voices[language].partition(":")
        if not colon:
            raise SpeechFailed(
                f"the voice {voices[language]!r} names no engine: write one such as "
                f"{VOICES[language]}"
            )
        found[language] = Speaker(engine, voice, settings.rate)
    return found
