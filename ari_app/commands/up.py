"""`firstline up` and `firstline down`: start and stop an installation."""

import os

import click

from ari_app import log
from ari_app.commands.runner import console, run
from ari_app.config.state import PREFIX, State
from ari_app.main import daemon


@click.command()
@click.option("--detach", is_flag=True, help="Return when it is ready, and leave it running.")
@click.option(
    "--port-offset",
    type=int,
    default=0,
    help="Move all ports of a new installation, so that it runs beside another.",
)
@click.option(
    "--voice",
    type=click.Choice(["auto", "rhvoice", "espeak"]),
    help="Who speaks: auto fetches RHVoice's voices (141 MB) if they are missing, espeak does not. "
    "A new installation keeps it in its settings; otherwise it holds for this start.",
)
@click.pass_obj
def up(state: State, detach: bool, port_offset: int, voice: str | None) -> None:
    """Start Asterisk and the application; Ctrl-C stops both."""
    state.make()
    state.configure(port_offset, voice or "")
    if voice:
        os.environ[f"{PREFIX}VOICE_ENGINE"] = voice  # also for the process that stays behind
    config = state.config()
    if detach:
        log.configure(config.log.level)
        run(daemon.detach(state, console()))
        tip = "`firstline call 611 --press 1`, or " if config.site.demo else ""
        click.echo(f"Firstline is ready: try {tip}`firstline status`")
        return
    log.configure(config.log.level)
    run(daemon.up(config, state, console()))


@click.command()
@click.pass_obj
def down(state: State) -> None:
    """Stop what `up` started in this state directory, and nothing else."""
    daemon.down(state, click.echo)
