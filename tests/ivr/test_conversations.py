"""Conversations over the flows that we ship: word for word as they were agreed.

After a wanted change ``python -m tests.ivr.conversation`` writes them again.
"""

from pathlib import Path

import pytest

from ivr.model import Book
from ivr.wants import Done, Invoke
from tests.ivr.conversation import conversations, play, shipped


@pytest.fixture(scope="module")
def book() -> Book:
    return shipped()


@pytest.mark.parametrize("path", conversations(), ids=lambda path: path.stem)
def test_a_conversation_goes_as_agreed(book: Book, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    played, _, want = play(book, text)
    assert played == text
    assert isinstance(want, Done)


@pytest.mark.parametrize("path", conversations(), ids=lambda path: path.stem)
def test_who_hangs_up_at_any_turn_has_a_complete_record(book: Book, path: Path) -> None:
    happened = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and line[0] not in " #"
    ]
    whole = play(book, "\n".join(happened))[1]
    for turns in range(1, len(happened)):
        _, steps, want = play(book, "\n".join([*happened[:turns], "gone 16"]))
        if isinstance(want, Invoke):  # an operation that the caller agreed to
            assert steps == whole[: len(steps)]
            continue
        assert want == Done("gone")
        assert steps[:-1] == whole[: len(steps) - 1]
        assert steps[-1].outcome == "gone"
