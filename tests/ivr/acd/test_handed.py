"""What is said of a caller to a machine that holds the queue."""

import re

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


@pytest.mark.parametrize("topic", ["", "money", "x^a/9/code-word/", "Internet, TV (new)", "счета"])
def test_what_is_said_is_understood(topic: str) -> None:
    said = facts(SESSION, topic)
    assert re.fullmatch(r"[-+/a-zA-Z0-9]+", said), "the dialplan takes no other letters"
    assert handed(f"{said}/be") == Handed("ab12", 7, "caller", "", topic, "be")


@pytest.mark.parametrize("text", ["", "ab12", "/7/caller///", "a/7/caller//6d6f6e6579/be/more"])
def test_what_is_not_whole_says_nothing(text: str) -> None:
    assert handed(text) is None


def test_no_one_is_more_than_is_said() -> None:
    assert handed("ab12/x/admin//w/be") == Handed("ab12", None, "none", "", "", "be")
