"""The sound files of a catalogue: every text spoken by the voice, or recorded."""

import asyncio
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from ivr.speech.language import PhraseError
from ivr.values import Phrase
from ivr.wants import Screen
from prompts import telephone, value_cuts, wav
from prompts.catalogue import Catalogue
from prompts.endings import PAUSES
from prompts.pieces import Piece, RecordedFile, Silence, SpokenText, silence_after
from prompts.plan import Recordings, fixed_pieces, pieces
from prompts.recordings import scan, without_recordings
from prompts.speaker import Speaker
from prompts.voice import SpeechFailed, Voice

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with how many sentences are done, of how many."""


class PromptMedia:
    """The sound files of one catalogue; after a reload, running calls keep the old one.

    ``recordings``: the usable recordings; ``problems``: which others are unusable, and why.
    """

    def __init__(self, voice: Voice, catalogue: Catalogue, directory: Path | None) -> None:
        """Scan ``directory`` and prepare all prompts; blocks, so run it in a thread."""
        self.catalogue = catalogue
        self.recordings: Recordings = {}
        self.problems: tuple[str, ...] = ()
        if directory is not None:
            self.recordings, self.problems = scan(directory, catalogue, voice.conversions)
        self.voice = voice
        self._fixed = self._fixed_pieces()

    async def media(
        self, phrases: Iterable[Phrase], language: str, *, hurried: bool = True
    ) -> list[str]:
        """The absolute paths, without extension, of the files to play in order.

        Does not wait if all of them are cached. ``hurried``: a caller waits. Raises
        :class:`SpeechFailed`.
        """
        parts = (piece for phrase in phrases for piece in self._pieces(phrase, language))
        return await self._files(parts, hurried)

    async def screen(self, screen: Screen) -> list[str]:
        """The same for a screen, with its pause.

        Texts are spoken in place of files that are missing: Asterisk would leave those out and say
        nothing of it.
        """
        files = await self._files(self._parts(screen), hurried=True)
        gone = frozenset(file for file in files if not telephone.seconds(file))
        if gone:
            log.error(
                "sound files are missing or empty, and texts are spoken in their place: %s",
                ", ".join(sorted(gone)),
            )
            self.unplayable(gone)
            texts = tuple(
                Phrase(one.prompt, without_recordings(one.values, gone)) for one in screen.phrases
            )
            files = await self._files(self._parts(replace(screen, phrases=texts)), hurried=True)
        return files

    def _parts(self, screen: Screen) -> list[Piece]:
        """What is played for a screen."""
        parts: list[Piece] = []
        for number, phrase in enumerate(screen.phrases):
            own = self._pieces(phrase, screen.language)
            if number == screen.pause_at and not (own and isinstance(own[0], Silence)):
                parts.append(self._pause(screen, parts))
            parts += own
        return parts

    def silence_after_key(self, since: float) -> list[str]:
        """What to play before the answer to a key that was pressed ``since`` seconds ago."""
        return self.voice.silences.files(max(0.0, self.voice.silences.pause - since))

    def _pause(self, screen: Screen, before: Sequence[Piece]) -> Silence:
        """What is left of a screen's pause after the silence that the words before it end in."""
        wanted = self.voice.silences.pause if screen.pause is None else screen.pause
        there = silence_after(before[-1]) if before else PAUSES["."]
        return Silence(wanted - there)

    def lasts(self, files: Iterable[str]) -> float:
        """How long files last, in seconds."""
        return sum(map(telephone.seconds, files))

    def unplayable(self, files: Iterable[str]) -> None:
        """Use none of these files any more, or if some of them are damaged, none of those: texts
        are spoken, and spoken again, in their place."""
        every = frozenset(files)
        damaged = (file for file in every if not telephone.playable(Path(f"{file}.wav")))
        gone = frozenset(damaged) or every
        self.voice.forget(gone)
        if not gone.isdisjoint(self.recordings.values()):
            self.recordings = {
                name: path for name, path in self.recordings.items() if path not in gone
            }
            self._fixed = self._fixed_pieces()

    async def _files(self, pieces: Iterable[Piece], hurried: bool) -> list[str]:
        parts = [part for piece in pieces for part in self._playable(piece)]
        found = [self._found(part) for part in parts]
        if None in found:
            waiting = [
                piece
                for piece, path in zip(parts, found, strict=True)
                if path is None and isinstance(piece, SpokenText)
            ]
            spoken = iter(await self.voice.speak(waiting, hurried=hurried))
            return [path if path is not None else next(spoken) for path in found]
        return [path for path in found if path is not None]

    async def write(self, phrase: Phrase, language: str, target: Path) -> None:
        """Write all that is played for a phrase into one file, as a caller hears it.

        Raises :class:`SpeechFailed`, :class:`~prompts.wav.SoundError` and OSError.
        """
        files = await self.media([phrase], language, hurried=False)
        played = [wav.read(Path(f"{file}.wav"))[0] for file in files]
        wav.write(target, np.concatenate(played or [np.zeros(0, dtype=np.float32)]))

    async def render_all(
        self, progress: Progress | None = None, *, served: Callable[[], bool] = lambda: True
    ) -> int:
        """Speak all that no value is part of; returns the number of new sentences.

        As many at the same time as there are processes; one of several is left to callers while
        ``served()``. Raises :class:`SpeechFailed` at the first failure.
        """
        sentences = self._sentences()
        left, done, spoken = iter(sentences), itertools.count(1), 0

        async def render(number: int) -> None:
            nonlocal spoken
            for words in left:
                if self.voice.find(words) is None:
                    await self.voice.speak([words], hurried=False)
                    spoken += 1
                else:
                    await asyncio.sleep(0)
                if progress is not None:
                    progress(next(done), len(sentences))
                if number and served():
                    return

        rendering = [asyncio.create_task(render(n)) for n in reversed(range(self.voice.parallel))]
        try:
            await asyncio.gather(*rendering)
        finally:
            for each in rendering:
                each.cancel()
            await asyncio.gather(*rendering, return_exceptions=True)
        return spoken

    def waiting(self) -> Iterator[tuple[SpokenText, Speaker, Speaker | None]]:
        """The texts without values that wait, as :meth:`~prompts.voice.Voice.lacks` has them."""
        for words in self._sentences():
            if lacking := self.voice.lacks(words):
                yield words, *lacking

    async def render_amounts(self, most: int) -> None:
        """Speak the parts of amounts up to ``most`` ahead, one after the other, after a start.

        Only in languages whose engine is too slow to speak them for many callers at the same time.
        Raises :class:`SpeechFailed`.
        """
        currency = self.catalogue.operator.currency
        for language in filter(self.voice.is_slow, self.catalogue.languages):
            for text in value_cuts.likely(language, currency, most):
                words = SpokenText(text, language)
                if self.voice.find(words) is None:
                    await self.voice.speak([words], hurried=False)

    def _fixed_pieces(self) -> Mapping[tuple[str, str], tuple[Piece, ...]]:
        """(prompt, language) -> what is played of it whatever its values are."""
        return {
            (prompt, language): fixed_pieces(self.catalogue, prompt, language, self.recordings)
            for language in self.catalogue.languages
            for prompt in self.catalogue.prompts
        }

    def _sentences(self) -> Sequence[SpokenText]:
        """All that is fixed; a prompt in all languages, and what a caller hears first at first."""
        written = dict.fromkeys(name for texts in self.catalogue.texts.values() for name in texts)
        order = {prompt: number for number, prompt in enumerate(written)}
        by_prompt = sorted(self._fixed, key=lambda each: order[each[0]])
        pieces_of = (piece for each in by_prompt for piece in self._fixed[each])
        return tuple(dict.fromkeys(each for each in pieces_of if isinstance(each, SpokenText)))

    def _pieces(self, phrase: Phrase, language: str) -> tuple[Piece, ...]:
        fixed = None if phrase.values else self._fixed.get((phrase.prompt, language))
        if fixed is not None and not self.catalogue.slots(phrase.prompt):
            return fixed
        try:
            return pieces(self.catalogue, phrase, language, self.recordings)
        except PhraseError as error:
            raise SpeechFailed(str(error)) from error

    def _playable(self, piece: Piece) -> Sequence[SpokenText | RecordedFile]:
        if isinstance(piece, Silence):
            return [RecordedFile(path) for path in self.voice.silences.files(piece.seconds)]
        return [piece]

    def _found(self, piece: SpokenText | RecordedFile) -> str | None:
        match piece:
            case RecordedFile(path):
                return path
            case SpokenText():
                return self.voice.find(piece)
