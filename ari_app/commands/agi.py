"""`firstline agi`: the menus over FastAGI."""

import click

from ari_app import log
from ari_app.commands.runner import console, run
from ari_app.config.state import State


@click.command()
@click.pass_obj
def agi(state: State) -> None:
    """Serve the menus over FastAGI: without ARI, or while the application is down.

    In the dialplan: AGI(agi://127.0.0.1:4573/611). When that returns, the caller is still there and
    needs an agent. Runs until it is interrupted; SIGHUP reloads the menus.
    """
    from ari_app.main import agi as door  # the whole application

    config = state.config()
    log.configure(config.log.level, config.log.format)
    run(door.serve(config, state, console()))
