"""Text to sound files that Asterisk can play, from the cache or spoken now."""

import asyncio
import logging
import shutil
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct, structs

from prompts.cache import Cache
from prompts.catching_up import CatchingUp
from prompts.messages import SpeakRequest
from prompts.pieces import SpokenText
from prompts.silence import Silences
from prompts.speaker import Speaker, chains, key, pronounced
from prompts.speech_meter import UNMEASURED, SpeechMeter
from prompts.speech_process import SpeechBusy, SpeechFailed
from prompts.voice_pools import Settings, engines, new_pool

__all__ = ["Settings", "SpeechFailed", "Voice"]

log = logging.getLogger(__name__)

UNHURRIED = 60.0
"""Timeout in seconds of a sentence that no caller waits for."""

REFUSED = 300.0
"""Seconds for which a sentence is not tried again in an engine that could not speak it."""

QUIET = 10.0
"""Seconds for which further failures of an engine are counted, not logged."""


class Limits(Struct, frozen=True):
    """Seconds: for the sentence, and before it for an engine that is busy."""

    deadline: float
    patience: float


class Voice:
    """Text to speech. Used as ``async with Voice(…) as voice``.

    Each language has a speaker, and after it espeak for what that one cannot speak. Entering raises
    :class:`SpeechFailed` when the engine or the voice of a language cannot be used.
    """

    def __init__(
        self, settings: Settings, cache_dir: Path, meter: SpeechMeter = UNMEASURED
    ) -> None:
        self._settings = settings
        self._meter = meter
        self._cache = Cache(cache_dir, settings.cache_megabytes * 1_000_000)
        self._directory = cache_dir.absolute()
        self.silences = Silences(self._directory / "silence", settings.pause)
        self._speakers = dict(chains(settings.speakers))
        self._pools = {
            engine: new_pool(engine, self._speakers, self._directory, settings)
            for engine in engines(self._speakers)
        }
        self._speaking: dict[str, asyncio.Task[str]] = {}
        self._refused: dict[str, float] = {}
        self._reported: dict[str, tuple[float, int]] = {}
        self._catching_up = CatchingUp(self._speak_later, lambda: bool(self._speaking))

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of the speech processes."""
        return tuple(pid for pool in self._pools.values() for pid in pool.pids)

    async def trouble(self) -> str:
        """Why an engine cannot speak; "" if all can. One whose processes ended is started again."""
        first = engines({language: chain[:1] for language, chain in self._speakers.items()})
        for engine in first:
            if not self._pools[engine].pids:
                try:
                    await self._pools[engine].start()
                except SpeechFailed as failure:
                    return f"{engine}: {failure}"
        return ""

    @property
    def languages(self) -> Collection[str]:
        """What it speaks: the languages that were known when it was made."""
        return self._speakers.keys()

    @property
    def pid(self) -> int | None:
        """The id of a speech process."""
        return next(iter(self.pids), None)

    @property
    def conversions(self) -> Path:
        """Where recordings of other formats are kept as they are played."""
        return self._directory / "recorded"

    @property
    def parallel(self) -> int:
        """How many sentences are spoken at the same time."""
        return max(pool.size for pool in self._pools.values())

    def is_slow(self, language: str) -> bool:
        """Whether the language is spoken by another engine than espeak."""
        return self._chain(language)[0].engine != "espeak"

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._cache.open)
            await asyncio.to_thread(self.silences.open)
        except OSError as error:
            raise SpeechFailed(
                f"{self._directory} cannot hold spoken sentences ({error.strerror}): "
                "make it writable, or set another directory"
            ) from error
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._catching_up.stop()
        speaking = tuple(self._speaking.values())
        for task in speaking:
            task.cancel()
        await asyncio.gather(*speaking, return_exceptions=True)
        await self._stop()

    def find(self, words: SpokenText) -> str | None:
        """The path, without extension, of a cached text; None if not cached. No disk access."""
        return self._cache.find(key(self._chain(words.language)[0], words.text))

    def lacks(self, words: SpokenText) -> tuple[Speaker, Speaker | None] | None:
        """The voice that a text waits for, and the one that spoke it meanwhile, if any did; None if
        it waits for none."""
        usual, *others = self._chain(words.language)
        if key(usual, words.text) in self._cache:
            return None
        spoke = (each for each in others if key(each, words.text) in self._cache)
        return usual, next(spoke, None)

    async def speak(self, sentences: Sequence[SpokenText], *, hurried: bool = True) -> list[str]:
        """Speak sentences and return their paths. Raises :class:`SpeechFailed`.

        ``hurried``: a caller waits for them, so that another voice is better than a long silence;
        the language's own speaks them later, for the next caller.
        """
        return await self._all([self._begun(words, hurried) for words in sentences], hurried)

    async def say(self, text: str, language: str, target: Path) -> None:
        """Speak a sentence into a WAV file. Raises :class:`SpeechFailed` and OSError."""
        words = SpokenText(" ".join(text.split()), language)
        path = self.find(words) or (await self.speak([words], hurried=False))[0]
        await asyncio.to_thread(shutil.copyfile, f"{path}.wav", target)

    async def renew(self) -> None:
        """Restart the processes, which frees the memory that much speech leaves behind."""
        for pool in self._pools.values():
            await pool.renew()

    def forget(self, paths: Iterable[str]) -> None:
        """Drop files that could not be played; they are made again, spoken ones on the next use."""
        for path in paths:
            self._cache.forget(Path(path).name)
        self.silences.open()

    async def _start(self) -> None:
        """Start all engines. One that only speaks what others could not may be missing."""
        first = {chain[0].engine for chain in self._speakers.values()}
        started = await asyncio.gather(
            *(pool.start() for pool in self._pools.values()), return_exceptions=True
        )
        versions = {}
        for engine, version in zip(tuple(self._pools), started, strict=True):
            if isinstance(version, str):
                versions[engine] = version
            elif engine in first or not isinstance(version, SpeechFailed):
                raise version
            else:
                log.warning("no fallback voice: %s", version)
                del self._pools[engine]
        self._speakers = {
            language: tuple(
                structs.replace(each, version=versions[each.engine])
                for each in chain
                if each.engine in versions
            )
            for language, chain in self._speakers.items()
        }

    async def _stop(self) -> None:
        for pool in self._pools.values():
            await pool.stop()

    def _begun(self, words: SpokenText, hurried: bool) -> asyncio.Task[str]:
        """The task that speaks a text, shared by all who wait for it."""
        name = key(self._chain(words.language)[0], words.text)
        task = self._speaking.get(name)
        if task is None:
            if len(self._speaking) >= self._settings.waiting:
                raise SpeechFailed(
                    f"{len(self._speaking)} sentences wait for the speech engine: it is too slow "
                    "for so many calls; give it more CPU, or record the prompts"
                )
            task = asyncio.create_task(self._spoken(words, hurried))
            self._speaking[name] = task
            task.add_done_callback(lambda done: self._done(name, done))
        return task

    def _done(self, name: str, task: asyncio.Task[str]) -> None:
        del self._speaking[name]
        if not task.cancelled():
            task.exception()  # marks it as retrieved: all callers may have hung up

    async def _spoken(self, words: SpokenText, hurried: bool) -> str:
        """Speak a text with the first engine that can; raises :class:`SpeechFailed`."""
        chain = self._chain(words.language)
        now = asyncio.get_running_loop().time
        for speaker, following in zip(chain, (*chain[1:], None), strict=True):
            name = key(speaker, words.text)
            if self._cache.find(name) is None:
                if following is not None and self._refused.get(name, 0.0) > now():
                    continue
                try:
                    limits = self._limits(hurried, last=following is None)
                    await self._with(speaker, words, name, limits)
                except SpeechFailed as failure:
                    if following is None:
                        raise
                    if not isinstance(failure, SpeechBusy):
                        self._refused[name] = now() + REFUSED
                    elif speaker == chain[0]:
                        self._catching_up.add(words)
                    self._meter.fell_back(speaker.engine)
                    self._report(speaker, following, failure)
                    continue
            return str(self._cache.file(name).with_suffix(""))
        raise AssertionError("the last speaker is always tried")

    def _report(self, speaker: Speaker, following: Speaker, failure: SpeechFailed) -> None:
        """Log that another engine speaks; in a burst that is one line for all of it."""
        now = asyncio.get_running_loop().time()
        last, more = self._reported.get(str(speaker), (-QUIET, 0))
        if now - last < QUIET:
            self._reported[str(speaker)] = (last, more + 1)
            return
        self._reported[str(speaker)] = (now, 0)
        since = f" ({more} more before)" if more else ""
        log.warning("%s failed, %s speaks instead: %s%s", speaker, following, failure, since)

    async def _speak_later(self, words: SpokenText) -> None:
        await self.speak([words], hurried=False)

    def _limits(self, hurried: bool, *, last: bool) -> Limits:
        """A sentence that a caller waits for leaves half of the time to the next engine.

        After the last one is only an apology: its turn is waited for.
        """
        whole, longest = self._settings.deadline, self._settings.longest
        if not hurried:
            return Limits(UNHURRIED, UNHURRIED)
        return Limits(whole, longest) if last else Limits(whole / 2, self._settings.patience)

    async def _with(self, speaker: Speaker, words: SpokenText, name: str, limits: Limits) -> None:
        """Speak a text with one engine; raises :class:`SpeechFailed`."""
        text, file = pronounced(speaker, words.text), str(self._cache.file(name))
        request = SpeakRequest(words.language, text, file, limits.deadline)
        began = time.monotonic()
        await self._pools[speaker.engine].speak(request, limits.deadline, limits.patience)
        self._meter.spoke(speaker.engine, time.monotonic() - began)
        self._cache.add(name)

    async def _all(self, tasks: Sequence[asyncio.Task[str]], hurried: bool) -> list[str]:
        """The paths; a cancelled wait does not cancel the speech others wait for."""
        deadline = self._settings.longest if hurried else None
        try:
            async with asyncio.timeout(deadline):
                return [await asyncio.shield(task) for task in tasks]
        except TimeoutError:
            raise SpeechFailed(
                f"a sentence was not spoken in {self._settings.longest:g} s: the speech engine is "
                "overloaded"
            ) from None

    def _chain(self, language: str) -> tuple[Speaker, ...]:
        chain = self._speakers.get(language)
        if not chain:
            raise SpeechFailed(
                f"there is no voice for {language!r}, only for {', '.join(self._speakers)}: name "
                "it in [site] languages, then `firstline reload`"
            )
        return chain
