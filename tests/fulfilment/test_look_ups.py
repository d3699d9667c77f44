"""What a caller waits for is looked up: where the database hangs, a look-up is refused after five
seconds, and a read after two minutes."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "ari_app"
WAITED_FOR = (
    "calls/actions.py",
    "fulfilment/code_words.py",
    "fulfilment/guess_limit.py",
    "fulfilment/numbers.py",
    "fulfilment/requests.py",
    "main/build_calls.py",
    "main/build_placing.py",
)


@pytest.mark.parametrize("name", WAITED_FOR)
def test_no_caller_waits_for_a_read(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "store.look_up(" in text
    assert "store.read(" not in text
