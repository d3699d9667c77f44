"""The command line: `firstline --help`."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop
from rich.console import Console

from ari_app import log
from ari_app.ari.errors import RefusedError
from ari_app.config import ConfigError, State
from ari_app.control import NotRunningError
from ari_app.flows import FlowsError
from ari_app.store.errors import StoreError
from ari_app.up import UpError
from asterisk_conf.found import PbxError
from asterisk_conf.site import SiteError
from prompts.catalogue import CatalogueError
from prompts.speak import SpeechFailed

T = TypeVar("T")

EXPECTED = (
    CatalogueError,
    ConfigError,
    FlowsError,
    NotRunningError,
    PbxError,
    RefusedError,
    SiteError,
    SpeechFailed,
    StoreError,
    UpError,
)
"""Errors that somebody can mend: told in their own words, without a traceback."""


class Commands(click.Group):
    """A group whose commands tell expected errors in a line."""

    def invoke(self, ctx: click.Context) -> Any:
        """See :class:`click.Group`."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".firstline"),
    envvar="FIRSTLINE_STATE",
    show_default=True,
    help="The directory of this installation.",
)
@click.version_option(package_name="firstline", prog_name="firstline")
@click.pass_context
def main(ctx: click.Context, state: Path) -> None:
    """The first line of a telecom operator: what answers when a subscriber dials 611."""
    ctx.obj = State(state)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the main coroutine of a command."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def console() -> Console:
    """Where progress is shown."""
    return Console(stderr=True)


@main.command()
@click.option("--detach", is_flag=True, help="Return when all is ready, and leave it running.")
@click.option(
    "--port-offset",
    type=int,
    default=0,
    help="For a new installation: move all its ports, so that it runs beside another.",
)
@click.pass_obj
def up(state: State, detach: bool, port_offset: int) -> None:
    """Bring up Asterisk and the application; Ctrl-C stops both."""
    from ari_app import up as bring

    state.make()
    state.configure(port_offset)
    config = state.config()
    if detach:
        run(bring.detach(state, console()))
        click.echo("Firstline is ready: try `firstline call 611 --press 1`, or `firstline status`")
        return
    log.configure(config.log.level)
    run(bring.up(config, state, console()))


@main.command()
@click.pass_obj
def down(state: State) -> None:
    """Stop all that `up` started in this state directory, and only that."""
    from ari_app import up as bring

    bring.down(state, click.echo)


@main.command()
@click.argument("number")
@click.option("--as", "caller", metavar="SUBSCRIBER", help="Number, its last digits, or a name.")
@click.option("--press", "keys", default="", help="Keys in turn; a comma hears the screen out.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write what is heard to a WAV file.",
)
@click.pass_obj
def call(state: State, number: str, caller: str | None, keys: str, record: Path | None) -> None:
    """Place a real SIP call to NUMBER as a demo subscriber, and tell what happens."""
    from ari_app import call as calling

    if set(keys) - set("0123456789*#,"):
        raise click.BadParameter("keys are 0 to 9, *, # and the comma", param_hint="--press")
    try:
        run(calling.call(state, number, caller, keys, record, click.echo))
    except calling.CallError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    sys.argv[0] = "firstline"
    main()
