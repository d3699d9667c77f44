"""Runs the coroutine of a command, and shows its progress."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

LASTING = 3
"""The exit code of `up` and `pbx run` when starting them again does not help."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine of a command and return its result."""
    import uvloop  # what is over at once is sooner over without it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def run_briefly(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that only reads or asks something, and return its result."""
    return asyncio.run(main)


@contextmanager
def lasting() -> Iterator[None]:
    """What is wrong with settings and menus within is so at the next start, too.

    The command ends with :data:`LASTING`, with which systemd and the watcher start nothing again.
    """
    try:
        yield
    except Exception as error:  # expected ones are named inside, so that help imports none
        from ari_app.config.state import ConfigError  # help needs none of them
        from ari_app.menus.loading import FlowsError
        from asterisk_conf.site import SiteError

        if not isinstance(error, ConfigError | FlowsError | SiteError):
            raise
        vars(error).setdefault("exit_code", LASTING)
        raise


def begins(what: str) -> None:
    """Say on standard error what takes its time, where no terminal shows how far it is."""
    if not sys.stderr.isatty():
        click.echo(what, err=True)


def console() -> "Console":
    """A console on standard error, so that progress does not mix with piped output."""
    from rich.console import Console  # most commands show no progress

    return Console(stderr=True)
