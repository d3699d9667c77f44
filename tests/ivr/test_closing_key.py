"""A # that people press after digits or a key although nothing more is needed."""

import pytest

from ivr.events import Keyed
from ivr.gather import CLOSING, Gather, Keypad
from ivr.wants import Grammar
from tests.ivr.test_gather import MENU, ask, gathered

PIN = Grammar(least=4, most=4, stop="#")
HASHED = Grammar(frozenset({"1", "#"}), closing="#")
NEXT = Grammar(frozenset({"1", "2", "#"}))


@pytest.mark.parametrize(
    ("first", "keys", "apart", "then"),
    [
        (PIN, "1234#", 0.5, ""),
        (PIN, "1234#", CLOSING, "#"),  # too late: a key of what is played now
        (PIN, "1234##", 0.5, "#"),
        (PIN, "1234#2", 0.5, "2"),
        (PIN, "12342#", 0.5, "2"),
        (HASHED, "1#", 0.5, ""),
        (HASHED, "1#2", 0.5, "2"),
        (HASHED, "##", 0.5, "#"),
        (MENU, "2#", 0.5, "#"),
    ],
)
@pytest.mark.parametrize("ahead", [True, False])
def test_a_closing_key_belongs_to_the_answer_before_it(
    first: Grammar, keys: str, apart: float, then: str, ahead: bool
) -> None:
    """However it comes: while the first prompt plays, or all keys before it."""
    if ahead and apart == CLOSING:
        return  # of keys typed ahead only the order counts
    keypad = Keypad()
    begin = apart * len(keys) if ahead else 0.0
    gathered(ask(first), [(apart * at, key) for at, key in enumerate(keys)], keypad, begin)
    found = Gather(ask(NEXT), keypad, 60.0).answer
    assert (found.digits if isinstance(found, Keyed) else "") == then
