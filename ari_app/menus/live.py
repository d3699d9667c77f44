"""Other menus in place of those on the air, while calls go on with those that they began with."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ari_app.menus.loading import FlowsError, Menus, files
from ari_app.session.line import LineError
from ivr.speech.phrases import PhraseError
from ivr.values import Phrase
from ivr.wants import Screen
from prompts.media import Progress, PromptMedia
from prompts.plan import phrase_text
from prompts.voice import SpeechFailed

log = logging.getLogger(__name__)

How: TypeAlias = Literal["start", "reload", "SIGHUP", "watch"]
"""What put menus on the air."""

PAUSE = 1.0
"""Seconds between two looks at the files; what was the same in both is no longer being written."""


class MenuRelease(Struct, frozen=True):
    """Menus, and what is heard of them."""

    menus: Menus
    reading: PromptMedia

    async def speak(self, screen: Screen) -> Sequence[str]:
        """The sound files of a screen.

        Raises :class:`~ari_app.session.line.LineError` if there are none.
        """
        try:
            return await self.reading.media(screen.phrases, screen.language)
        except (SpeechFailed, PhraseError) as error:
            raise LineError(f"a prompt cannot be told: {error}") from error


class Change(Struct, frozen=True):
    """A flow and its versions before and after; one of them is "" if it is new, or gone."""

    flow: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old:
            return f"{self.flow}: new, {self.new}"
        return f"{self.flow}: {self.old} -> {self.new or 'gone'}"


class Reloaded(Struct, frozen=True, omit_defaults=True):
    """What a reload came to. If there are ``problems``, the menus on the air are the old ones."""

    flows: tuple[Change, ...] = ()
    texts: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def changes(self) -> tuple[str, ...]:
        """What is another now, in words."""
        return (
            *map(str, self.flows),
            *(f"text: {text}" for text in self.texts),
            *(f"recording: {recording}" for recording in self.recordings),
        )


def compare(old: MenuRelease, new: MenuRelease) -> Reloaded:
    """What is another in ``new``."""
    before, after = old.menus.book.flows, new.menus.book.flows
    flows = (
        Change(
            name,
            before[name].version if name in before else "",
            after[name].version if name in after else "",
        )
        for name in sorted(before.keys() | after.keys())
    )
    recorded = old.reading.recordings.items() ^ new.reading.recordings.items()
    return Reloaded(
        flows=tuple(one for one in flows if one.old != one.new),
        texts=tuple(sorted(_texts(old.menus, new.menus))),
        recordings=tuple(sorted({f"{name} ({language})" for (language, name), _ in recorded})),
    )


def _texts(old: Menus, new: Menus) -> Iterator[str]:
    """The prompts, with their languages, that have another text."""
    languages = {*old.catalogue.texts, *new.catalogue.texts}
    for language in languages:
        before, after = (each.catalogue.texts.get(language, {}) for each in (old, new))
        for prompt in before.keys() | after.keys():
            if before.get(prompt) != after.get(prompt):
                yield f"{prompt} ({language})"


class LiveMenus:
    """What is on the air now, and its change: whole or not at all, one after the other."""

    def __init__(
        self,
        now: MenuRelease,
        read: Callable[[], MenuRelease],
        put: Callable[[MenuRelease, How], Awaitable[tuple[str, ...]]],
    ) -> None:
        """``read`` waits for the disk, so a thread calls it; it raises :class:`FlowsError`.

        ``put`` gives the menus to all new calls and returns what its operator should know.
        """
        self.now = now
        self.refused: tuple[str, ...] = ()
        """Why the menus on the disk are not on the air."""
        self._read = read
        self._put = put
        self._turn = asyncio.Lock()

    def words(self, prompt: str, language: str) -> str:
        """A prompt without placeholders as a sentence."""
        return self.say(Phrase(prompt), language)

    def say(self, phrase: Phrase, language: str) -> str:
        """A phrase as it is written, by the texts that are on the air."""
        return phrase_text(self.now.menus.catalogue, phrase, language, "written")

    async def reload(self, how: How) -> Reloaded:
        """Put the menus on the disk on the air if they check; the log tells what came of it."""
        async with self._turn:
            try:
                done = await self._attempt(how)
            except FlowsError as error:
                done = Reloaded(problems=tuple(map(str, error.problems)))
            except (SpeechFailed, OSError) as error:
                done = Reloaded(problems=(str(error),))
            except Exception:  # the outermost frame of the deed: calls go on whatever it was
                log.exception("the reload broke")
                done = Reloaded(problems=("the reload broke: the log of Firstline says how",))
            mended, self.refused = bool(self.refused), done.problems
            if mended or how != "watch" or done != Reloaded():
                _tell(done, how)
            return done

    async def _attempt(self, how: How) -> Reloaded:
        new = await asyncio.to_thread(self._read)
        done = compare(self.now, new)
        warnings = new.reading.problems
        if done.changes():
            await new.reading.render_all(_progress())
            warnings += await self._put(new, how)
            self.now = new
        return replace(done, warnings=warnings)


def _progress() -> Progress:
    """Logs how far the speaking is, every few seconds."""
    clock = asyncio.get_running_loop().time
    told = clock()

    def progress(done: int, of: int) -> None:
        nonlocal told
        if clock() - told >= 2.0:
            told = clock()
            log.info("reload: %d of %d sentences are spoken", done, of)

    return progress


def _tell(done: Reloaded, how: How) -> None:
    for problem in done.problems:
        log.error("menus refused: %s", problem)
    if done.problems:
        log.error("the old menus stay on the air until the new ones are mended (%s)", how)
        return
    for warning in done.warnings:
        log.warning("%s", warning)
    for change in done.changes() or ("nothing changed",):
        log.info("menus reloaded (%s): %s", how, change)


async def watch(
    directory: Path, changed: Callable[[], Awaitable[object]], pause: float = PAUSE
) -> None:
    """Wait for ``changed`` whenever the files of menus are others; once at the beginning, too.

    They are looked at, not listened to: that works on network file systems as well.
    """
    taken, seen = None, None
    while True:
        now = await asyncio.to_thread(_look, directory)
        if now == seen and now != taken:
            taken = now
            await changed()
        seen = now
        await asyncio.sleep(pause)


def _look(directory: Path) -> frozenset[tuple[Path, int, int, int]]:
    found = set()
    for path in files(directory):
        try:
            stat = path.stat()
        except OSError:
            continue  # it went away meanwhile
        found.add((path, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return frozenset(found)
