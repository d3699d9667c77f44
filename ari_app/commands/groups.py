"""Groups of commands: loaded by name when needed, listed under headings, with errors in a line."""

import os
import select
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

EXPECTED = (
    "ari_app.admin.backup:BackupError",
    "ari_app.ari.errors:RefusedError",
    "ari_app.cluster.description:ClusterError",
    "ari_app.commands.call_phone:CallError",
    "ari_app.config.state:ConfigError",
    "ari_app.control.client:NotRunningError",
    "ari_app.pages.server:ServerError",
    "ari_app.main.processes:UpError",
    "ari_app.freepbx.errors:SourceError",
    "ari_app.menus.loading:FlowsError",
    "ari_app.phone.handset:PhoneError",
    "ari_app.sim.simulation:PersonError",
    "ari_app.store.errors:StoreError",
    "ari_app.ussd.gateway:GatewayError",
    "asterisk_conf.debian_packages:ArchiveError",
    "asterisk_conf.discovery:PbxError",
    "asterisk_conf.site:SiteError",
    "prompts.catalogue:CatalogueError",
    "prompts.voice:SpeechFailed",
)
"""Errors that the operator can act on: printed in one line, without a traceback.

They are named, not imported: an error can only come from a module that was loaded.
"""

CLOSED_PIPE = 141
"""The exit code when who reads our output has ended (`| head -1`): as a shell reports SIGPIPE."""


class Lazy(Struct, frozen=True):
    """A command that is loaded when it is used: ``target`` is "module:command".

    ``summary`` is its line in the help of a group that loads none; its own help begins with it.
    """

    target: str
    summary: str = ""

    def load(self) -> click.Command:
        """Import the module and return the command."""
        # Read when numpy is loaded, for sound: its threads would only cost 10 MB a process.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        module, _, name = self.target.partition(":")
        command: click.Command = getattr(import_module(f"ari_app.commands.{module}"), name)
        return command


class Commands(click.Group):
    """A group whose commands print expected errors in a line, and take --state, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy: dict[str, Lazy] = {}
        """Commands by name that are loaded when they are used, or the help is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in alphabetical order; loads none."""
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None if there is none of this name."""
        if cmd_name in self.lazy and cmd_name not in self.commands:
            self.add_command(self.lazy[cmd_name].load(), cmd_name)
        return super().get_command(ctx, cmd_name)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command: `firstline up --state X` is `firstline --state X up`."""
        if not isinstance(cmd, click.Group) or cmd.invoke_without_command:
            cmd.params.append(
                click.Option(
                    ["--state"],
                    type=click.Path(path_type=Path, file_okay=False),
                    expose_value=False,
                    callback=_use_state,
                    is_eager=True,  # others are read by the settings there
                    help="The directory of this installation.",
                )
            )
        super().add_command(cmd, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Invoke the command; expected errors end it with a message and exit code 1,
        or their own.

        Who reads our output may have ended: then it ends without a word, with
        :data:`CLOSED_PIPE`.
        """
        try:
            return super().invoke(ctx)
        except Exception as error:  # expected ones are listed by name, so that help imports none
            cause = _cause(error)
            if isinstance(cause, BrokenPipeError) and _output_is_closed():
                raise click.exceptions.Exit(CLOSED_PIPE) from error
            if not any(isinstance(cause, each) for each in expected_errors()):
                raise
            click.ClickException(str(cause)).show()
            raise click.exceptions.Exit(getattr(cause, "exit_code", 1)) from error


class LazyCommands(Commands):
    """A group whose commands are loaded by name; ``sections`` is heading -> name -> command."""

    def __init__(
        self, *args: Any, sections: Mapping[str, Mapping[str, Lazy]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.lazy = {name: one for each in sections.values() for name, one in each.items()}

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - the signature of click
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands under their headings; loads none."""
        width = max(map(len, self.lazy))
        for heading, commands in self.sections.items():
            with formatter.section(heading):
                rows = [(name.ljust(width), one.summary) for name, one in commands.items()]
                formatter.write_dl(rows)


def expected_errors() -> tuple[type[Exception], ...]:
    """The classes of :data:`EXPECTED` whose modules are loaded."""
    named = (each.partition(":")[::2] for each in EXPECTED)
    loaded = sys.modules
    return tuple(getattr(loaded[module], name) for module, name in named if module in loaded)


def _cause(error: Exception) -> Exception:
    """The error itself: tasks that run side by side wrap it into groups."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _output_is_closed() -> bool:
    """Whether the reader of standard output has ended; what is left of it is then dropped."""
    try:
        output = sys.stdout.fileno()
    except OSError:  # it is none of the system's
        return False
    poll = select.poll()
    poll.register(output, 0)  # its errors are reported unasked
    if not poll.poll(0):
        return False
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, output)  # Python writes the rest when it ends
    os.close(nowhere)
    return True


def _use_state(ctx: click.Context, _: click.Parameter, state: Path | None) -> None:
    if state is not None and not ctx.resilient_parsing:
        from ari_app.main.installation import installation

        ctx.obj = installation(state)
