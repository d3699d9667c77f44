"""`firstline retention`: how long what is kept, and how much of it is due to be removed."""

import click

from ari_app.admin import retention as keeping
from ari_app.calls.recordings import Recordings
from ari_app.commands.store_access import asked, now
from ari_app.config.state import State


@click.command()
@click.pass_obj
def retention(state: State) -> None:
    """How long things are kept, and how much of each is over."""
    settings = state.config().retention
    recorded = Recordings(state.recorded)
    due = asked(state, lambda store: keeping.count_expired(store, settings, recorded, now(state)))
    for kind in keeping.WHAT:
        days = getattr(settings, kind)
        told = f"{days} days; over: {due[kind]}" if days else "for ever"
        click.echo(f"{kind:<12}{told}")
