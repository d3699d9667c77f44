"""What is said of a caller to a machine that holds the queue."""

import pytest

from ivr.acd.handed import Handed, facts, handed
from ivr.session import Caller, Session

SESSION = Session(
    id="ab12",
    dialled="611",
    caller=Caller("375291000001", 7, True),
    language="be",
    flow="611",
    node="main",
)


def test_what_is_said_is_understood() -> None:
    said = f"{facts(SESSION)}/money/be"
    assert handed(said) == Handed("ab12", 7, "caller", "", "money", "be")


@pytest.mark.parametrize("text", ["", "ab12", "/7/caller///", "a/7/caller//money/be/more"])
def test_what_is_not_whole_says_nothing(text: str) -> None:
    assert handed(text) is None


def test_no_one_is_more_than_is_said() -> None:
    assert handed("ab12/x/admin//money/be") == Handed("ab12", None, "none", "", "money", "be")
