"""One call in the recognition process: its sound, and what is listened for now."""

import logging
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.audiosocket import FRAME
from ari_app.speech_recognition.engine import Recogniser, RecognitionError, Words
from ari_app.speech_recognition.messages import Began, Heard, Listen, Report, Setup
from ari_app.speech_recognition.voice_activity import Detector, Segmenter

log = logging.getLogger(__name__)

BETWEEN, DIGITS_OVER = 0.24, 1.2
"""Seconds of silence between two digits that are made out one by one, and after the last one."""

_A_SECOND = 50  # frames


class Hearer:
    """Takes the sound of a call frame by frame; reports what the caller says to an ask."""

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
        self._report = report
        self._asked: Listen | None = None
        self._segmenter: Segmenter | None = None
        self._digits: list[Words] = []
        self._quiet = 0
        self._begun = False

    def listen(self, asked: Listen | None) -> None:
        """Listen to this from now on; None for nothing."""
        self._asked, self._digits, self._quiet, self._begun = asked, [], 0, False
        if asked is not None:
            seconds = BETWEEN if self._one_by_one(asked) else self._recogniser.pause
            self._segmenter = Segmenter(self._new_detector(), round(seconds * _A_SECOND))

    async def take(self, sound: bytes) -> None:
        """Take the sound of 20 ms; it is thrown away unless something is listened for."""
        asked, segmenter = self._asked, self._segmenter
        if asked is None or segmenter is None:
            return
        samples = np.frombuffer(sound, "<i2", count=len(sound) // 2).astype(np.int16)
        for at in range(0, len(samples), FRAME):
            piece = segmenter.take(samples[at : at + FRAME])
            if segmenter.speaking and not self._begun:
                self._begun = True
                self._report(Began(asked.call, asked.turn))
            if piece is not None:
                await self._piece(asked, piece)
            elif self._digits and not segmenter.speaking:
                self._quiet += 1
                if self._quiet >= (DIGITS_OVER - BETWEEN) * _A_SECOND:
                    self._over(asked)
            if self._asked is not asked:
                return

    def _one_by_one(self, asked: Listen) -> bool:
        return bool(asked.most) and self._recogniser.local

    async def _piece(self, asked: Listen, piece: NDArray[np.int16]) -> None:
        """Speech is over, or one of the digits."""
        if not len(piece):
            if not self._digits:
                self._begun = False
                self._report(Heard(asked.call, asked.turn, None))
            return
        words = await self._made_out(asked, piece)
        if self._asked is not asked:
            return  # a key, or the end of the call, came first
        self._quiet = 0
        self._digits.append(words)
        if not self._one_by_one(asked) or len(self._digits) == asked.most or not words.text:
            self._over(asked)

    async def _made_out(self, asked: Listen, piece: NDArray[np.int16]) -> Words:
        if asked.secret and not (self._recogniser.local or self._setup.secrets):
            return Words("", 0.0)  # it is no third party's business
        try:
            return await self._recogniser.recognise(asked, piece)
        except RecognitionError as error:
            log.warning("speech was not recognised: %s", error)
            return Words("", 0.0)

    def _over(self, asked: Listen) -> None:
        """All was said: report it, and listen no more."""
        sure = min((each.sure for each in self._digits), default=0.0)
        words = " ".join(each.text for each in self._digits)
        if sure < self._setup.least or not all(each.text for each in self._digits):
            words = ""
        doubtful = sure < self._setup.sure
        self.listen(None)
        self._report(Heard(asked.call, asked.turn, words, sure if words else 0.0, doubtful))
