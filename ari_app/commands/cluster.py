"""`firstline cluster`: several machines as one installation."""

import tomllib
from pathlib import Path

import click

from ari_app.commands.call_phone import CallError, Route
from ari_app.commands.cluster_nodes import drain, status, undrain
from ari_app.commands.groups import Commands
from ari_app.config.state import State
from ari_app.main.installation import installation


@click.group(cls=Commands)
def cluster() -> None:
    """Render the files of several machines, see and drain workers."""


for _each in (status, drain, undrain):
    cluster.add_command(_each)


@cluster.command()
@click.argument("description", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Where the files are written, in a directory for each machine.",
)
@click.pass_obj
def render(_state: State, description: Path, into: Path) -> None:
    """Render the files of all machines that FILE describes.

    Each machine has a directory of its name, in which the files are as below its /. Secrets are
    made at the first time, and kept.
    """
    from ari_app.cluster import files  # help needs none of it
    from ari_app.cluster.description import read

    described = read(description)
    settings = files.read_settings(description.parent / described.settings)
    changed = files.render(described, settings, into)
    for path in changed:
        click.echo(f"write {into / path}")
    names = ", ".join(described.machines)
    click.echo(f"{into}: {len(changed)} files changed, of {names}; keep it private: it has secrets")


@cluster.command()
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), required=False, metavar="[DIR]"
)
@click.option("--port-offset", type=int, default=0, help="Move all ports.")
@click.option(
    "--voice",
    type=click.Choice(["auto", "rhvoice", "espeak"]),
    default="espeak",
    show_default=True,
    help="Who speaks, as for `firstline up`.",
)
@click.option("--standby", is_flag=True, help="Start a second queue node, for when one dies.")
@click.pass_obj
def demo(state: State, directory: Path | None, port_offset: int, voice: str, standby: bool) -> None:
    """Start a cluster to try, on this machine.

    It has two pods, a queue node, Kamailio and PostgreSQL. All is in DIR [default: `cluster` in the
    state directory] and on loopback, with the demo operator, until Ctrl-C. The database is a new
    one at each start.
    """
    import signal

    from ari_app.cluster import trial  # help needs none of it

    where = (directory or state.directory / "cluster").absolute()
    one = trial.Trial(where, port_offset, voice, standby)
    ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        for each in ends:  # another Ctrl-C would leave processes behind
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in ends:  # a shell has those in the background ignore it
        signal.signal(each, stop)
    try:
        with trial.running(one, click.echo):
            click.echo(f"ready: `firstline call 611 --press 1 --cluster {one.directory}`")
            while True:
                signal.pause()
    except KeyboardInterrupt:
        click.echo("stopped")


def route(directory: Path) -> Route:
    """How the phones of this machine call through the proxy of a trial in ``directory``.

    Raises :class:`CallError` if there is none.
    """
    from ari_app.cluster.trial import DESCRIPTION, Trial

    try:
        table = tomllib.loads((directory / DESCRIPTION).read_text("utf-8"))
    except OSError as error:
        raise CallError(
            f"no cluster runs in {directory}: start one by `firstline cluster demo {directory}`"
        ) from error
    [proxy] = table["proxies"].values()
    pods = tuple(installation(Trial(directory).pod(name).directory) for name in table["pods"])
    return Route(proxy["address"], proxy["port"], pods)
