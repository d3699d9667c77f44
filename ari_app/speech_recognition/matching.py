"""Dynamic time warping: how far a piece of speech is from each of many templates at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.features import (
    Features,
    Noise,
    Powers,
    loudness,
    stacked_features,
)

STILL, SKIP = 1.25, 1.1
"""What a step weighs that repeats a row of the template, and one that leaves a row out."""

_EDGE = 4  # rows by which the two may begin or end apart: 40 ms


class Stack:
    """Templates side by side, each filled up with its last row to the longest."""

    def __init__(self, templates: Sequence[Powers]) -> None:
        longest = max(map(len, templates), default=0)
        self._levels = np.array([loudness(each) for each in templates], np.float32)
        self._lengths = np.array([len(each) for each in templates])
        self._powers = np.array(
            [np.pad(each, ((0, longest - len(each)), (0, 0)), mode="edge") for each in templates]
        )
        self._quiet = stacked_features(self._powers, self._lengths, self._levels)

    def part(self, numbers: Sequence[int], noise: Noise | None) -> "Part":
        """These templates, as they sound in the noise of a line."""
        these = list(numbers)
        lengths = self._lengths[these]
        longest = lengths.max(initial=1)
        if noise is None:
            return Part(self._quiet[these, :longest], lengths)
        powers, levels = self._powers[these, :longest], self._levels[these]
        return Part(stacked_features(powers, lengths, levels, noise), lengths)


class Part:
    """Templates that speech is compared with."""

    def __init__(self, rows: Features, lengths: NDArray[np.int_]) -> None:
        self._rows = rows
        self._lengths = lengths
        self._squares = (rows**2).sum(axis=2)

    def distances(self, heard: Features) -> NDArray[np.float32]:
        """The mean distance of a row of ``heard`` from each of the templates along the best path;
        infinite where one is more than twice as long as the other."""
        lengths = self._lengths
        many, longest, width = self._rows.shape
        products = (self._rows.reshape(-1, width) @ heard.T).reshape(many, longest, len(heard))
        squares = (heard**2).sum(axis=1)
        apart = np.sqrt(np.maximum(0, self._squares[:, :, None] + squares - 2 * products))
        costs = np.full((many, longest + 2), np.inf, np.float32)  # two columns before the first row
        costs[:, 2 : 2 + _EDGE] = apart[:, :_EDGE, 0]
        for at in range(1, len(heard)):
            here = apart[:, :, at]
            still, step, skip = costs[:, 2:], costs[:, 1:-1], costs[:, :-2]
            best = np.minimum(still + STILL * here, step + here)
            costs[:, 2:] = np.minimum(best, skip + SKIP * here)
        ends = np.full(many, np.inf, np.float32)
        for back in range(1, _EDGE + 1):
            at_end = np.maximum(lengths - back, 0) + 2
            ends = np.minimum(ends, costs[np.arange(many), at_end])
        ratio = lengths / max(1, len(heard))
        return np.where((ratio > 0.5) & (ratio < 2.0), ends / max(1, len(heard)), np.inf)
