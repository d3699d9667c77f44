"""Runs the coroutine of a command, and shows its progress."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop
from rich.console import Console

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine of a command and return its result."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def console() -> Console:
    """A console on standard error, so that progress does not mix with piped output."""
    return Console(stderr=True)
