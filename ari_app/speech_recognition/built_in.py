"""The built-in recogniser: the phrase whose template is nearest, offline and without a model.

How sure that is comes from how much farther the nearest other phrase is. Those that are not asked
for compete, too: who says one of them is not taken to have said what is asked. The noise of the
line, which is measured around the words, is added to the templates.
"""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.engine import Words
from ari_app.speech_recognition.features import features, noise, powers, trimmed
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
        self._stacks: dict[str, tuple[Sequence[Template], Stack]] = {}
        self._stacking = Lock()
        self._cores = ThreadPoolExecutor(os.cpu_count())  # more at a time only share them
        self.pause = 0.45

    def hears(self, asked: Listen) -> bool:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        return self._templates.has(asked.language, asked.phrases)

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """See :class:`ari_app.speech_recognition.engine.Recogniser`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._cores, self.nearest, asked, sound)

    def nearest(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """The phrase of the nearest template."""
        if not self._templates.of(asked.language):  # none of its files could be read
            return Words("", 0.0)
        piece = trimmed(sound)
        known, stack = self._stack(asked.language)
        compared = _compared(asked, known)
        speech = powers(piece)
        if not compared or not len(speech):
            return Words("", 0.0)
        templates = [known[each] for each in compared]
        part = stack.part(compared, noise(powers(sound), speech))
        throats = [part.distances(features(powers(piece, warp))) for warp in WARPS]
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

    def _stack(self, language: str) -> tuple[Sequence[Template], Stack]:
        """All templates of a language, which are side by side once for all that is asked in it."""
        with self._stacking:
            known = self._templates.of(language)
            found = self._stacks.get(language)
            if found is None or found[0] != known:
                stack = Stack([each.rows for each in known])
                found = self._stacks[language] = (known, stack)
            return found


def _compared(asked: Listen, known: Sequence[Template]) -> Sequence[int]:
    """The numbers of the templates of what is asked, and of others; none without the former."""
    ours = [at for at, each in enumerate(known) if each.phrase in asked.phrases]
    others = [at for at, each in enumerate(known) if each.phrase not in asked.phrases]
    return (*ours, *others[: max(0, MOST - len(ours))]) if ours else ()


def sureness(nearest: float, following: float) -> float:
    """How sure it is, from the distances of the nearest phrase and of the next one."""
    if nearest >= FAR:
        return 0.0
    lead = 1.0 if not np.isfinite(following) else (following - nearest) / max(nearest, 1e-6)
    return round(min(1.0, lead / WIDE) * min(1.0, 2 * (1 - nearest / FAR)), 2)
