"""The live menus and their reload; running calls keep the release they started with."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ari_app.menus.differences import differences, differing
from ari_app.menus.loading import FlowsError, Menus
from ari_app.session.line import LineError
from ivr.speech import languages
from ivr.speech.language import PhraseError
from ivr.values import Phrase
from ivr.wants import Screen
from prompts.media import Progress, PromptMedia
from prompts.plan import phrase_text
from prompts.voice import SpeechFailed

log = logging.getLogger(__name__)

How: TypeAlias = Literal["start", "reload", "SIGHUP", "watch", "rollback", "canary", "unreleased"]
"""What triggered a release."""


class MenuRelease(Struct, frozen=True):
    """A release: menus and their sound files. ``canary``: the one whose calls go by it, 0 if all
    do."""

    menus: Menus
    reading: PromptMedia
    canary: int = 0

    async def speak(self, screen: Screen) -> Sequence[str]:
        """The sound files of a screen.

        Raises :class:`~ari_app.session.line.LineError` if there are none.
        """
        try:
            return await self.reading.screen(screen)
        except (SpeechFailed, PhraseError) as error:
            raise LineError(f"a prompt cannot be played: {error}") from error


class Release(Struct, frozen=True):
    """How a release came into force, by whom, and what it changed, in words."""

    how: How
    by: str = ""
    changes: tuple[str, ...] = ()


class Change(Struct, frozen=True):
    """A changed flow: its old and new version; "" if it is new, or removed."""

    flow: str
    old: str
    new: str

    def __str__(self) -> str:
        if not self.old:
            return f"{self.flow}: new, {self.new}"
        return f"{self.flow}: {self.old} -> {self.new or 'gone'}"


class Reloaded(Struct, frozen=True, omit_defaults=True):
    """The result of a reload. If there are ``problems``, the old release stays live."""

    flows: tuple[Change, ...] = ()
    texts: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    """The same changes in words: nodes, keys, prompts; only if they were asked for."""

    def changes(self) -> tuple[str, ...]:
        """The changes, one text each."""
        return (
            *map(str, self.flows),
            *(f"text: {text}" for text in self.texts),
            *(f"recording: {recording}" for recording in self.recordings),
            *(f"schedule: {schedule}" for schedule in self.schedules),
            *(f"operation: {operation}" for operation in self.operations),
            *(f"list: {each}" for each in self.lists),
            *(f"language: {each}" for each in self.languages),
        )


def compare(old: MenuRelease, new: MenuRelease) -> Reloaded:
    """The changes from ``old`` to ``new``."""
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
        schedules=differing(old.menus.book.schedules, new.menus.book.schedules),
        operations=differing(old.menus.book.operations, new.menus.book.operations),
        lists=differing(old.menus.book.lists.entries, new.menus.book.lists.entries),
        languages=differing(old.menus.languages, new.menus.languages),
    )


def _texts(old: Menus, new: Menus) -> Iterator[str]:
    """The prompts, with their languages, whose text changed."""
    languages = {*old.catalogue.texts, *new.catalogue.texts}
    for language in languages:
        before, after = (each.catalogue.texts.get(language, {}) for each in (old, new))
        for prompt in before.keys() | after.keys():
            if before.get(prompt) != after.get(prompt):
                yield f"{prompt} ({language})"


_LANGUAGES = "a language of your own changed: both sides of a canary speak the same ones"


class Trial(Struct, frozen=True):
    """A release for the callers whom ``takes`` chooses, by their number, "" if it is withheld, and
    the call; the others go by the live one."""

    release: MenuRelease
    takes: Callable[[str, str], bool]


CanaryOver = Callable[[Trial, How, str], Awaitable[None]]
"""Notified when a reload ended a canary: which, how, and by whom."""


async def _no_canary(_over: Trial, _how: How, _by: str) -> None:
    """No canary is kept."""


class LiveMenus:
    """The live release and its reload: all or nothing, one at a time."""

    def __init__(
        self,
        now: MenuRelease,
        read: Callable[[], MenuRelease],
        put: Callable[[MenuRelease, Release], Awaitable[tuple[str, ...]]],
    ) -> None:
        """``read`` loads a release from disk; it blocks, so it runs in a thread.

        Raises :class:`FlowsError`. ``put`` gives a release to all new calls; it returns warnings.
        """
        self.now = now
        self.canary: Trial | None = None
        """The new menus that a share of the calls goes by."""
        self.canary_over: CanaryOver = _no_canary
        self.refused: tuple[str, ...] = ()
        """Why the menus on disk were rejected; empty if they are live."""
        self._read = read
        self._put = put
        self._turn = asyncio.Lock()

    def release_for(self, number: str, call: str) -> MenuRelease:
        """The release by which a new call goes, of a caller's number, "" if it is withheld."""
        tried = self.canary
        return tried.release if tried is not None and tried.takes(number, call) else self.now

    def words(self, prompt: str, language: str) -> str:
        """A prompt without placeholders as a written sentence."""
        return self.say(Phrase(prompt), language)

    def say(self, phrase: Phrase, language: str) -> str:
        """A phrase as a written sentence, with the live texts."""
        return phrase_text(self.now.menus.catalogue, phrase, language, "written")

    async def preview(self, read: Callable[[], MenuRelease] | None = None) -> Reloaded:
        """What a reload would change, in words, or why it would be rejected; changes nothing.

        ``read``: reads the menus in place of the usual function, as with other settings.
        """
        async with self._turn:
            try:
                new = await asyncio.to_thread(read or self._read)
                done = compare(self.now, new)
                words = (*differences(self.now.menus, new.menus), *_recordings(done))
            except FlowsError as error:
                return Reloaded(problems=tuple(map(str, error.problems)))
            finally:
                languages.install(self.now.menus.languages)
            warnings = (*new.reading.problems, *map(str, new.menus.warnings))
            return replace(done, details=words, warnings=warnings)

    async def share(self, begin: Callable[[MenuRelease, Reloaded], Awaitable[Trial]]) -> Reloaded:
        """Have a share of the new calls go by the menus on the disk, if they pass the check.

        ``begin`` stores that, and returns which; what it raises is raised.
        """
        async with self._turn:
            try:
                new = await asyncio.to_thread(self._read)
                if new.menus.languages != self.now.menus.languages:
                    return Reloaded(problems=(_LANGUAGES,))
                await new.reading.render_all(_progress())
            except FlowsError as error:
                return Reloaded(problems=tuple(map(str, error.problems)))
            except (SpeechFailed, OSError) as error:
                return Reloaded(problems=(str(error),))
            finally:
                languages.install(self.now.menus.languages)
            done = compare(self.now, new)
            if not done.changes():
                return Reloaded(problems=("the menus on the disk are those in force",))
            words = (*differences(self.now.menus, new.menus), *_recordings(done))
            self.canary = await begin(new, replace(done, details=words))
            return replace(done, warnings=new.reading.problems)

    async def reload(self, how: How, by: str = "") -> Reloaded:
        """Load the menus from disk and make them live if they pass the check; logs the result.

        ``by``: who ordered it; "" if it is not known.
        """
        if how == "watch" and self.canary is not None:
            return Reloaded()  # they are on trial: their end puts them in force, or not
        async with self._turn:
            try:
                done = await self._attempt(how, by)
            except FlowsError as error:
                done = Reloaded(problems=tuple(map(str, error.problems)))
            except (SpeechFailed, OSError) as error:
                done = Reloaded(problems=(str(error),))
            except Exception:  # the outermost frame of a reload: calls go on
                log.exception("reload failed")
                done = Reloaded(problems=("reload failed: see the log of Firstline",))
            if done.problems:
                languages.install(self.now.menus.languages)
            elif (over := self.canary) is not None:
                self.canary = None
                await self.canary_over(over, how, by)
            fixed, self.refused = bool(self.refused), done.problems
            if fixed or how != "watch" or done != Reloaded():
                _log_result(done, how)
            return done

    async def _attempt(self, how: How, by: str) -> Reloaded:
        new = await asyncio.to_thread(self._read)
        done = compare(self.now, new)
        warnings = new.reading.problems
        if done.changes() or new.reading.voice is not self.now.reading.voice:
            await new.reading.render_all(_progress())
            words = (*differences(self.now.menus, new.menus), *_recordings(done))
            warnings += await self._put(new, Release(how, by, words))
            self.now = new
        return replace(done, warnings=warnings)


def _recordings(done: Reloaded) -> Iterator[str]:
    return (f"recording {name}: changed" for name in done.recordings)


def _progress() -> Progress:
    """Log the progress of speech synthesis every 2 s."""
    clock = asyncio.get_running_loop().time
    logged = clock()

    def progress(done: int, of: int) -> None:
        nonlocal logged
        if clock() - logged >= 2.0:
            logged = clock()
            log.info("reload: %d of %d sentences are spoken", done, of)

    return progress


def _log_result(done: Reloaded, how: How) -> None:
    for problem in done.problems:
        log.error("menus rejected: %s", problem)
    if done.problems:
        log.error("the old menus stay live until the new ones are fixed (%s)", how)
        return
    for warning in done.warnings:
        log.warning("%s", warning)
    for change in done.changes() or ("nothing changed",):
        log.info("menus reloaded (%s): %s", how, change)
