"""`firstline retention`: retention times, and what has expired."""

import click

from ari_app.admin import retention as keeping
from ari_app.calls.recordings import Recordings
from ari_app.commands.store_access import now, with_store
from ari_app.config.state import State


@click.command()
@click.pass_obj
def retention(state: State) -> None:
    """Show retention times and what has expired."""
    settings = state.config().retention
    recorded = Recordings(state.recorded)
    due = with_store(
        state, lambda store: keeping.count_expired(store, settings, recorded, now(state))
    )
    for kind in keeping.WHAT:
        days = getattr(settings, kind)
        text = f"{days} days; expired: {due[kind]}" if days else "for ever"
        click.echo(f"{kind:<12}{text}")
