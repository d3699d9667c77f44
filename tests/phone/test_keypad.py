"""Keys that sound one after the other, however late the phone is."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from ari_app.phone.keypad import Keypad
from ari_app.phone.messages import GAP, TONE


@pytest.mark.parametrize("late", [0.0, 0.5])
def test_each_tone_and_gap_has_its_time(late: float) -> None:
    """Each turn of the phone comes so many seconds late."""
    now, due = 0.0, list[tuple[float, Callable[[], None]]]()
    at = list[tuple[str, float]]()
    keypad = Keypad(
        lambda key: at.append((key, now)),
        lambda: at.append(("released", now)),
        lambda seconds, action: due.append((now + seconds, action)),
    )
    keypad.press("55")
    keypad.press("1")
    while due:
        when, action = due.pop(0)
        now = when + late
        action()
    assert [what for what, _ in at] == ["5", "5", "released", "1", "released"]
    gaps = [after - before for (_, before), (_, after) in pairwise(at)]
    wanted = [TONE + GAP, TONE, GAP, TONE]
    assert gaps == pytest.approx([each + late for each in wanted])
