"""The stores of the demo operator's tests, which are files."""

from pathlib import Path

import pytest

from tests.store.conftest import file, store

__all__ = ["file", "store"]


@pytest.fixture
def place(file: Path) -> Path:
    """Where the store of a test is."""
    return file
