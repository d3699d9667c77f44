"""`firstline up` and `firstline down`: start and stop an installation."""

import os

import click

from ari_app import log
from ari_app.commands.runner import console, lasting, run
from ari_app.config.state import PREFIX, State
from ari_app.main import processes, watched


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
@click.option(
    "--take-over",
    is_flag=True,
    help="Become the application even while another process serves it, which then ends.",
)
@click.option(
    "--no-asterisk",
    is_flag=True,
    help="Start the application alone: a service of its own runs Asterisk (`firstline pbx run`).",
)
@click.option(
    "--no-watch",
    is_flag=True,
    help="No watcher starts what dies again. A service of systemd has none, as systemd does that.",
)
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    help="How to log, for this start: as text, or a line of JSON each.",
)
@click.pass_obj
@lasting()
def up(
    state: State,
    detach: bool,
    port_offset: int,
    voice: str | None,
    take_over: bool,
    no_asterisk: bool,
    no_watch: bool,
    form: str | None,
) -> None:
    """Start Asterisk and the application; Ctrl-C stops both.

    SIGTERM stops the application alone: Asterisk and its calls go on. What dies is started again by
    a watcher, until it is stopped.
    """
    from ari_app.admin.restore import recover

    state.make()
    if recover(state.directory):
        click.echo("a restore was interrupted: what it had exchanged was put back", err=True)
    state.configure(port_offset, voice or "")
    if voice:
        os.environ[f"{PREFIX}VOICE_ENGINE"] = voice  # also for the process that stays behind
    if form:
        os.environ[f"{PREFIX}LOG_FORMAT"] = form
    config = state.config()
    watch = not no_watch and not watched.by_manager()
    succeeds = watched.succeeds()
    lost = None if succeeds else watched.application_of(state)
    if watch and watched.hurried(state):
        click.echo(f"its watcher starts it again now; its log, such as {state.log}, says why")
        return
    if watch and not detach:
        again = watched.command(state, own_asterisk=not no_asterisk)
        watched.begin(state, lost, config.log.format, again)
    from ari_app.main import detached  # the parts of the application that speak

    start = detached.Start(take_over, not no_asterisk, succeeds, watch)
    log.configure(config.log.level, config.log.format)
    if detach:
        run(detached.detach(state, console(), start))
        tip = "`firstline call 611 --press 1`, or " if config.site.demo else ""
        click.echo(f"Firstline is ready: try {tip}`firstline status`")
        return
    from ari_app.main import daemon  # the whole application

    run(daemon.up(config, state, console(), start))


@click.command()
@click.option("--now", is_flag=True, help="Do not wait: callers in menus are queued for an agent.")
@click.option(
    "--within",
    type=click.FloatRange(0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for calls to end.",
)
@click.option("--all", "all_", is_flag=True, help="Then stop Asterisk as well, in the same way.")
@click.pass_obj
def stop(state: State, now: bool, within: float, all_: bool) -> None:
    """Stop the application when its calls have ended. Asterisk goes on.

    Callers who come meanwhile hear an apology and are queued for an agent. With --all Asterisk
    takes no new calls, either, and stops when its last one has ended.
    """
    from ari_app.main import stopping  # help needs none of it

    run(stopping.stop(state, 0.0 if now else within, all_, click.echo))


@click.command()
@click.pass_obj
def upgrade(state: State) -> None:
    """Replace the application that runs by a new one.

    As after an upgrade of Firstline: the new one is prepared beside the old one, and goes on with
    its calls.
    """
    from ari_app.main import detached

    state.config()  # what is wrong with it is reported before anything begins
    old = processes.upgrade(state)
    run(detached.replaced(state, old))
    click.echo(f"Firstline was replaced (pid {old.pid})")


@click.command()
@click.pass_obj
def down(state: State) -> None:
    """Stop what `up` started in this state directory, and nothing else."""
    processes.down(state, click.echo)
