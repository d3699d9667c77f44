"""One call in the recognition process: its sound, and what is listened for now."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.audiosocket import FRAME
from ari_app.speech_recognition.engine import Recogniser, RecognitionError, Words
from ari_app.speech_recognition.messages import Began, Heard, Listen, Report, Setup
from ari_app.speech_recognition.voice_activity import Detector, Segmenter, is_steady

log = logging.getLogger(__name__)

BETWEEN, DIGITS_OVER = 0.24, 1.2
"""Seconds of silence between two digits that are made out one by one, and after the last one."""

EARLY = 6
"""Speech that begins within so many frames of the first was going on before it was listened to."""

_A_SECOND = 50  # frames


class Hearer:
    """Takes the sound of a call frame by frame; reports what the caller says to an ask.

    Words are made out in a task, so that the sound of the call never waits for a recogniser: what
    was said to one ask cannot be taken for an answer to the next one.
    """

    def __init__(
        self,
        setup: Setup,
        recogniser: Recogniser,
        detector: Callable[[], Detector],
        report: Callable[[Report], None],
    ) -> None:
        self._setup = setup
        self._recogniser = recogniser
        self._new_detector = detector
        self._detector: Detector | None = None  # one for all asks, as it learns the line's noise
        self._report = report
        self._ask: _Listening | None = None

    def listen(self, asked: Listen | None) -> None:
        """Listen to this from now on; None for nothing.

        What the recogniser cannot make out is not listened to: callers who could only be
        misunderstood press keys, as where nothing listens.
        """
        if self._ask is not None:
            self._ask.cancel()
        self._ask = None
        if asked is not None and self._recogniser.hears(asked):
            self._detector = self._detector or self._new_detector()
            self._ask = _Listening(
                self._setup, self._recogniser, self._detector, asked, self._report
            )

    def take(self, sound: bytes) -> None:
        """Take the sound of 20 ms; it is thrown away unless something is listened for."""
        samples = np.frombuffer(sound, "<i2", count=len(sound) // 2).astype(np.int16)
        for at in range(0, len(samples), FRAME):
            if self._ask is not None:
                self._ask.take(samples[at : at + FRAME])


class _Listening:
    """What is said to one ask."""

    def __init__(
        self,
        setup: Setup,
        recogniser: Recogniser,
        detector: Detector,
        asked: Listen,
        report: Callable[[Report], None],
    ) -> None:
        self._setup = setup
        self._recogniser = recogniser
        self._asked = asked
        self._report = report
        self._one_by_one = bool(asked.most) and recogniser.local
        seconds = BETWEEN if self._one_by_one else recogniser.pause
        self._segmenter = Segmenter(detector, round(seconds * _A_SECOND))
        self._frames = self._quiet = self._pieces = 0
        self._begun = self._all_said = False
        self._waiting: deque[NDArray[np.int16]] = deque()
        self._made_out: list[Words] = []
        self._task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Listen no more: a key, or the end of the call, came first."""
        self._all_said = True
        if self._task is not None:
            self._task.cancel()

    def take(self, frame: NDArray[np.int16]) -> None:
        """Take a frame of sound."""
        if self._all_said:
            return
        self._frames += 1
        piece = self._segmenter.take(frame)
        if self._segmenter.speaking and not self._begun:
            self._begun = True
            early = self._frames <= EARLY
            self._report(Began(self._asked.call, self._asked.turn, early))
        if piece is not None:
            self._piece(piece)
        elif self._pieces and not self._segmenter.speaking:
            self._quiet += 1
            if self._quiet >= (DIGITS_OVER - BETWEEN) * _A_SECOND:
                self._end()

    def _piece(self, piece: NDArray[np.int16]) -> None:
        """Speech is over, or one of the digits; or it was a click, or the noise of the line."""
        if not len(piece) or is_steady(piece):
            if not self._pieces:
                self._begun = False
                self._report(Heard(self._asked.call, self._asked.turn, None))
            return
        self._pieces, self._quiet = self._pieces + 1, 0
        self._waiting.append(piece)
        if self._task is None:
            self._task = asyncio.create_task(self._make_out())
        if not self._one_by_one or self._pieces == self._asked.most:
            self._end()

    def _end(self) -> None:
        """Nothing more is said."""
        self._all_said = True
        if self._task is None:
            self._over()

    async def _make_out(self) -> None:
        while self._waiting:
            words = await self._words(self._waiting.popleft())
            self._made_out.append(words)
            if not words.text:
                self._all_said = True
                break
        self._task = None
        if self._all_said:
            self._over()

    async def _words(self, piece: NDArray[np.int16]) -> Words:
        try:
            return await self._recogniser.recognise(self._asked, piece)
        except RecognitionError as error:
            log.warning("speech was not recognised: %s", error)
            return Words("", 0.0)

    def _over(self) -> None:
        """Report what was said."""
        asked, setup = self._asked, self._setup
        sure = min((each.sure for each in self._made_out), default=0.0)
        words = " ".join(each.text for each in self._made_out)
        if sure < setup.least or not all(each.text for each in self._made_out):
            words = ""
        doubtful = sure < setup.sure
        self._report(Heard(asked.call, asked.turn, words, sure if words else 0.0, doubtful))
