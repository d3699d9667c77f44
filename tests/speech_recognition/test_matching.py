"""The templates of a language are side by side once; what is asked is a part of them."""

import numpy as np

from ari_app.speech_recognition.matching import Stack


def test_a_part_of_the_templates_is_compared_as_if_it_were_all() -> None:
    random = np.random.default_rng(1)
    rows = [random.normal(0, 5, (length, 25)).astype(np.float32) for length in (40, 90, 55, 70)]
    heard = random.normal(0, 5, (60, 25)).astype(np.float32)
    part = Stack(rows).distances(heard, (2, 0))
    assert np.isfinite(part).all()
    assert np.allclose(part, Stack([rows[2], rows[0]]).distances(heard, (0, 1)))
    assert Stack(rows).distances(rows[3], range(4)).argmin() == 3
