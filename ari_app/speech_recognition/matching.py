"""Dynamic time warping: how far a piece of speech is from each of many templates at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.features import Features

STILL, SKIP = 1.25, 1.1
"""What a step weighs that repeats a row of the template, and one that leaves a row out."""

_EDGE = 4  # rows by which the two may begin or end apart: 40 ms


class Stack:
    """Templates side by side, padded to the longest."""

    def __init__(self, templates: Sequence[Features]) -> None:
        longest = max(map(len, templates), default=0)
        width = templates[0].shape[1] if templates else 0
        self._rows = np.zeros((len(templates), longest, width), np.float32)
        self._lengths = np.array([len(each) for each in templates])
        for row, each in zip(self._rows, templates, strict=True):
            row[: len(each)] = each
        self._squares = (self._rows**2).sum(axis=2)

    def distances(self, heard: Features, numbers: Sequence[int]) -> NDArray[np.float32]:
        """The mean distance of a row of ``heard`` from each of these templates along the best path;
        infinite where one is more than twice as long as the other."""
        lengths = self._lengths[list(numbers)]
        rows = self._rows[list(numbers), : lengths.max(initial=1)]
        many, longest, width = rows.shape
        template_squares = self._squares[list(numbers), :longest]
        products = (rows.reshape(-1, width) @ heard.T).reshape(many, longest, len(heard))
        squares = (heard**2).sum(axis=1)
        apart = np.sqrt(np.maximum(0, template_squares[:, :, None] + squares - 2 * products))
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
