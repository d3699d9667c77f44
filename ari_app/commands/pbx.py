"""`firstline pbx`: the Asterisk of this installation, without the application."""

import re
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.runner import begins, console, lasting, run
from ari_app.config.settings import Config
from ari_app.config.state import ConfigError, State
from ari_app.doctor.findings import exit_code
from ari_app.doctor.read_files import ReadError
from ari_app.main import pbx_site, processes, service
from ari_app.main.freepbx import examined
from ari_app.store.db import Store
from asterisk_conf import process
from asterisk_conf.freepbx import README, freepbx_files
from asterisk_conf.pbx import Pbx, become, console_command, console_output
from asterisk_conf.private import make_private
from asterisk_conf.process import Process
from asterisk_conf.render import render as rendered
from asterisk_conf.site import Site

if TYPE_CHECKING:  # it loads numpy
    from prompts.media import PromptMedia

T = TypeVar("T")

_WAITS = re.compile(r"core (restart|stop) (gracefully|when convenient)")
"""Commands that Asterisk carries out when it has no calls."""


@click.group(cls=Commands)
def pbx() -> None:
    """Render, start and stop the Asterisk of this installation."""


@pbx.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--freepbx", is_flag=True, help="The files to put beside FreePBX.")
@click.pass_obj
def render(state: State, directory: Path | None, freepbx: bool) -> None:
    """Render Asterisk's configuration, into DIRECTORY or where ours reads it.

    With --freepbx, or the setting `[ari] dialplan`, the files that FreePBX includes, and README.txt
    with the commands that put them there.
    """
    config = state.config()
    freepbx = freepbx or config.ari.dialplan != "own"
    if directory is None and (freepbx or not config.manages_asterisk):
        raise click.UsageError("this Asterisk is not ours: name a DIRECTORY to write to")
    if directory is None:
        one = run(asterisk_of(state))
        changed = one.write()
        click.echo(f"{one.site.paths.etc}: {', '.join(changed) or 'nothing changed'}")
        return
    if freepbx or not config.manages_asterisk:
        site = run(_rendered_by(state, _site))
    else:
        site = run(asterisk_of(state)).site
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in (freepbx_files(site) if freepbx else rendered(site)).items():
        file = directory / name
        file.touch(0o600)
        file.write_text(text)
    click.echo(f"{directory}: written; it contains passwords, keep it private")
    if freepbx:
        click.echo(f"What to do with it is in {directory / README}")


@pbx.command()
@click.argument(
    "directory", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False
)
@click.option("--freepbx", is_flag=True, help="As FreePBX needs it.")
@json_option()
@click.pass_obj
def check(state: State, directory: Path | None, freepbx: bool, as_json: bool) -> None:
    """Check what FreePBX lacks for Firstline.

    Its files are in DIRECTORY, or in /etc/asterisk. Exit code 0 if nothing, or only notes; 1 for
    warnings, 2 for something critical, 3 if it could not be looked at. `firstline doctor` checks
    any Asterisk.
    """
    from ari_app.commands.doctor import UNKNOWN, show  # which loads what examines
    from ari_app.main.examination import SYSTEM

    config = state.config()
    if not freepbx and config.ari.dialplan == "own":
        raise click.UsageError("only FreePBX is checked: --freepbx; else `firstline doctor`")
    try:
        found = examined(config, state, directory or SYSTEM)
    except ReadError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(UNKNOWN) from error
    if as_json:
        print_json(found)
    else:
        show(found)
    raise click.exceptions.Exit(exit_code(found))


@pbx.command()
@click.pass_obj
def start(state: State) -> None:
    """Start Asterisk and leave it running."""
    status = run(asterisk_of(state)).start()
    for warning in status.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"Asterisk {status.version} runs (pid {status.pid})")


@pbx.command("run")
@click.pass_obj
def run_(state: State) -> None:
    """Run Asterisk in the foreground, for a service.

    Its files are written if there are none; the application keeps them up to date.
    """
    with lasting():
        config = state.config()
        if not config.manages_asterisk:
            raise ConfigError("[ari] has a url, so Asterisk is not run from here")
        if not (state.directory / "asterisk" / "etc" / "asterisk.conf").exists():
            run(asterisk_of(state)).write()
    service.notify("READY=1")  # Asterisk is started; the application connects when it answers
    become(pbx_site.asterisk(config, state, click.echo), state.directory)


@pbx.command()
@click.pass_obj
def stop(state: State) -> None:
    """Stop Asterisk. Its calls end."""
    processes.stop(state, click.echo, "Asterisk")


@pbx.command()
@click.pass_obj
def upgrade(state: State) -> None:
    """Replace the private Asterisk by the newest one of Debian's archive.

    One that runs goes on as it is, with its calls, until it restarts.
    """
    config = state.config()
    if pbx_site.found(config):
        raise click.ClickException(
            "this installation runs an Asterisk that is not private: upgrade that by its packages"
        )
    state.make()
    new = make_private(state.private_asterisk, click.echo, renew=True)
    if processes.recorded(processes.asterisk_process(state)):
        click.echo(
            f"Asterisk {new.version} is used after its restart, without calls by "
            "`firstline pbx console core restart gracefully`"
        )


@pbx.command()
@json_option()
@click.pass_obj
def status(state: State, as_json: bool) -> None:
    """Show whether Asterisk runs. Exit code 1 if it does not."""
    if as_json:
        process = processes.recorded(processes.asterisk_process(state))
        print_json({"running": process is not None, "pid": process and process.pid})
        if process is None:
            raise click.exceptions.Exit(1)
        return
    click.echo(f"Asterisk runs (pid {_running(state).pid})")


@pbx.command("console")
@click.argument("command", nargs=-1, required=True)
@click.pass_obj
def ask_console(state: State, command: tuple[str, ...]) -> None:
    """Run a COMMAND of Asterisk's console, such as `pjsip show registrations`."""
    ours, words = _running(state), " ".join(command)
    argv = console_command(ours, words)
    if _WAITS.match(words):  # its console would wait, too
        one = process.spawn(argv, state.directory / "asterisk" / "output.log")
        process.end(one, None, 1.0) or process.end(one, signal.SIGKILL, 1.0)
        click.echo("Asterisk does so when its last call has ended; `core abort shutdown` undoes it")
        return
    click.echo(console_output(argv).rstrip())


def _running(state: State) -> Process:
    """The Asterisk that runs here; exit code 1 if there is none."""
    process = processes.recorded(processes.asterisk_process(state))
    if process is None:
        click.echo("Asterisk does not run here: start it by `firstline pbx start`")
        raise click.exceptions.Exit(1)
    return process


async def asterisk_of(state: State) -> Pbx:
    """The Asterisk of an installation, configured but not started."""
    return await _rendered_by(state, _pbx)


async def _pbx(config: Config, state: State, store: Store, reading: "PromptMedia") -> Pbx:
    from ari_app.main.exchange import exchange_of

    return await exchange_of(config, state, store, reading, console())


async def _site(config: Config, state: State, store: Store, reading: "PromptMedia") -> Site:
    from ari_app.main.exchange import site_of

    return (await site_of(config, state, store, reading))[0]


async def _rendered_by(
    state: State, made: Callable[[Config, State, Store, "PromptMedia"], Awaitable[T]]
) -> T:
    """What ``made`` returns, with the prompts of an installation rendered."""
    from ari_app.main import speech
    from ari_app.main.demo import open_store
    from ari_app.menus import loading

    state.make()
    state.configure(0)
    config = state.config()
    begins("rendering the prompts and the files of Asterisk")
    store = await open_store(config, state)
    try:
        words = loading.prompts(loading.directory(config), loading.shipped(config)).valid()
        async with speech.spoken(config, state, words, console()) as reading:
            return await made(config, state, store, reading)
    finally:
        await store.close()
