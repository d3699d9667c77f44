"""What the store answers to the desk: trouble with it is :class:`DeskUnavailable`."""

from collections.abc import Awaitable
from typing import TypeVar

from ari_app.desk.ports import DeskUnavailable
from ari_app.store.db import StoreError

T = TypeVar("T")


async def answer(asked: Awaitable[T]) -> T:
    """The answer to a read or a write."""
    try:
        return await asked
    except StoreError as error:
        raise DeskUnavailable(str(error)) from error
