"""The stores of the demo operator's tests are those of the store's."""

from tests.store.conftest import file, store

__all__ = ["file", "store"]
