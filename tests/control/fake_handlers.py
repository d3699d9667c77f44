"""Answers on a control socket, for tests of what asks there."""

from typing import Any

from ari_app.control.server import Handlers


async def _unasked(*_: object) -> Any:
    raise AssertionError("no one asks for this in this test")


async def _nothing() -> None:
    """Nothing is to be read again."""


def handlers(**own: Any) -> Handlers:
    """The handlers of a test: those of its ``own``; a refresh does nothing, any other fails."""
    every = dict.fromkeys(Handlers.__struct_fields__, _unasked)
    return Handlers(**{**every, "refresh": _nothing, **own})
