"""The templates of a language are side by side once; what is asked is a part of them, in noise."""

import numpy as np

from ari_app.speech_recognition.features import features, noise, powers
from ari_app.speech_recognition.matching import Stack

RANDOM = np.random.default_rng(1)
WORDS = [
    powers(
        np.concatenate(
            [4000 * np.sin(np.arange(800) * RANDOM.uniform(0.3, 2)) for _ in range(parts)]
        ).astype(np.int16)
    )
    for parts in (4, 9, 5, 7)
]


def test_a_part_of_the_templates_is_compared_as_if_it_were_all() -> None:
    heard = features(WORDS[3])
    part = Stack(WORDS).part((2, 0), None).distances(heard)
    assert np.isfinite(part).all()
    assert np.allclose(part, Stack([WORDS[2], WORDS[0]]).part((0, 1), None).distances(heard))
    assert Stack(WORDS).part(range(4), None).distances(heard).argmin() == 3


def test_a_template_is_compared_as_it_sounds_in_the_noise_of_the_line() -> None:
    silence = np.zeros((20, 20), np.float32)
    steady = np.full(20, WORDS[0].mean() / 20, np.float32)
    sound = np.concatenate((silence, WORDS[0], silence)) + steady
    heard = sound[20:-20]
    found = noise(sound, heard)
    assert found is not None
    assert noise(sound - steady, WORDS[0]) is None
    stack = Stack(WORDS)
    matched = stack.part((0,), found).distances(features(heard))
    assert matched < 0.1 * stack.part((0,), None).distances(features(heard))
