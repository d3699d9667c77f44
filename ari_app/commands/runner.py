"""Runs the coroutine of a command, and shows its progress."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import click
import uvloop

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine of a command and return its result."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def begins(what: str) -> None:
    """Say on standard error what takes its time, where no terminal shows how far it is."""
    if not sys.stderr.isatty():
        click.echo(what, err=True)


def console() -> "Console":
    """A console on standard error, so that progress does not mix with piped output."""
    from rich.console import Console  # most commands show no progress

    return Console(stderr=True)
