"""The built-in recogniser: the phrase whose template is nearest, offline and without a model.

How sure that is comes from how much farther the nearest other phrase is. Those that are not asked
for compete, too: who says one of them is not taken to have said what is asked.
"""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.engine import Words
from ari_app.speech_recognition.features import features, trimmed
from ari_app.speech_recognition.matching import Stack
from ari_app.speech_recognition.messages import Listen
from ari_app.speech_recognition.templates import Template, Templates

FAR, WIDE = 60.0, 0.18
"""The distance from which on words are nothing that is known, and the lead of the nearest phrase
over the next one, as a part of its distance, at which it is quite sure (by the bench)."""

WARPS = (0.89, 1.0, 1.12)
"""How the throat of a caller may differ from that of a template."""

MOST = 600
"""The most templates that are compared."""


class BuiltIn:
    """See :class:`ari_app.speech_recognition.engine.Recogniser`."""

    local = True

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._stacks: dict[tuple[int, ...], tuple[Sequence[Template], Stack]] = {}
        self.pause = 0.45

    def hears(self, asked: Listen) -> bool:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return self._templates.has(asked.language, asked.phrases)

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return await asyncio.to_thread(self.nearest, asked, sound)

    def nearest(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """The phrase of the nearest template."""
        piece = trimmed(sound)
        found = self._compared(asked)
        if found is None or not len(features(piece)):
            return Words("", 0.0)
        templates, stack = found
        throats = [stack.distances(features(piece, warp)) for warp in WARPS]
        nearest: dict[str, float] = {}
        for each, distance in zip(templates, np.min(throats, axis=0), strict=True):
            nearest[each.phrase] = min(float(distance), nearest.get(each.phrase, np.inf))
        phrase = min(nearest, key=nearest.__getitem__)
        distance = nearest.pop(phrase)
        if phrase not in asked.phrases or not np.isfinite(distance):
            return Words("", 0.0)
        answer = asked.phrases[phrase]
        others = (far for each, far in nearest.items() if asked.phrases.get(each) != answer)
        return Words(phrase, sureness(distance, min(others, default=np.inf)))

    def _compared(self, asked: Listen) -> tuple[Sequence[Template], Stack] | None:
        """The templates of what is asked, and others of the language."""
        known = self._templates.of(asked.language)
        wanted = set(asked.phrases)
        ours = [each for each in known if each.phrase in wanted]
        if not ours:
            return None
        others = [each for each in known if each.phrase not in wanted]
        templates = (*ours, *others[: max(0, MOST - len(ours))])
        key = tuple(map(id, templates))
        if key not in self._stacks:
            if len(self._stacks) >= _KEPT:
                self._stacks.clear()
            self._stacks[key] = (templates, Stack([each.rows for each in templates]))
        return self._stacks[key]


_KEPT = 64


def sureness(nearest: float, following: float) -> float:
    """How sure it is, from the distances of the nearest phrase and of the next one."""
    if nearest >= FAR:
        return 0.0
    lead = 1.0 if not np.isfinite(following) else (following - nearest) / max(nearest, 1e-6)
    return round(min(1.0, lead / WIDE) * min(1.0, 2 * (1 - nearest / FAR)), 2)
