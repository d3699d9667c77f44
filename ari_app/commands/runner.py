"""How a command runs, and how it tells what somebody can mend."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop
from rich.console import Console

from ari_app.ari.errors import RefusedError
from ari_app.commands.call_phone import CallError
from ari_app.config.state import ConfigError
from ari_app.control.client import NotRunningError
from ari_app.main.daemon import UpError
from ari_app.main.demo import installation
from ari_app.menus.loading import FlowsError
from ari_app.sim.rehearsal import PersonError
from ari_app.store.errors import StoreError
from ari_app.ussd.gateway import GatewayError
from asterisk_conf.discovery import PbxError
from asterisk_conf.site import SiteError
from prompts.catalogue import CatalogueError
from prompts.voice import SpeechFailed

T = TypeVar("T")

EXPECTED = (
    CallError,
    CatalogueError,
    ConfigError,
    FlowsError,
    GatewayError,
    NotRunningError,
    PbxError,
    PersonError,
    RefusedError,
    SiteError,
    SpeechFailed,
    StoreError,
    UpError,
)
"""Errors that somebody can mend: told in their own words, without a traceback."""


def _choose(ctx: click.Context, _: click.Parameter, state: Path | None) -> None:
    if state is not None:
        ctx.obj = installation(state)


class Commands(click.Group):
    """A group whose commands tell expected errors in a line, and take --state, too."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """See :class:`click.Group`. `firstline up --state X` is `firstline --state X up`."""
        if not isinstance(cmd, click.Group):
            cmd.params.append(
                click.Option(
                    ["--state"],
                    type=click.Path(path_type=Path, file_okay=False),
                    expose_value=False,
                    callback=_choose,
                    help="The directory of this installation.",
                )
            )
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> Any:
        """See :class:`click.Group`."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            raise click.ClickException(str(error)) from error


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the main coroutine of a command."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def console() -> Console:
    """Where progress is shown: the standard error stream, so that output can be piped."""
    return Console(stderr=True)
