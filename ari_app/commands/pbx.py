"""`firstline pbx`: the Asterisk of this installation, without the application."""

import re
import signal
from pathlib import Path

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.runner import begins, console, lasting, run
from ari_app.config.state import ConfigError, State
from ari_app.main import pbx_site, processes, service
from asterisk_conf import process
from asterisk_conf.pbx import Pbx, become, console_command, console_output
from asterisk_conf.private import make_private
from asterisk_conf.process import Process
from asterisk_conf.render import render as rendered

_WAITS = re.compile(r"core (restart|stop) (gracefully|when convenient)")
"""Commands that Asterisk carries out when it has no calls."""


@click.group(cls=Commands)
def pbx() -> None:
    """Render, start and stop the Asterisk of this installation."""


@pbx.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.pass_obj
def render(state: State, directory: Path | None) -> None:
    """Render Asterisk's configuration, into DIRECTORY or where ours reads it."""
    one = run(asterisk_of(state))
    if directory is None:
        changed = one.write()
        directory = one.site.paths.etc
        click.echo(f"{directory}: {', '.join(changed) or 'nothing changed'}")
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in rendered(one.site).items():
        file = directory / name
        file.touch(0o600)
        file.write_text(text)
    click.echo(f"{directory}: written; it contains passwords, keep it private")


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
    from ari_app.main import speech
    from ari_app.main.demo import open_store
    from ari_app.main.exchange import exchange_of
    from ari_app.menus import loading

    state.make()
    state.configure(0)
    config = state.config()
    begins("rendering the prompts and the files of Asterisk")
    store = await open_store(config, state)
    try:
        words = loading.prompts(loading.directory(config), loading.shipped(config)).valid()
        async with speech.spoken(config, state, words, console()) as reading:
            return await exchange_of(config, state, store, reading, console())
    finally:
        await store.close()
