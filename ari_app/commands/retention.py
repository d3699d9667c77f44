"""`firstline retention`: retention times, and what has expired."""

import click

from ari_app.admin import retention as keeping
from ari_app.calls.recordings import Recordings
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.store_access import now, with_store
from ari_app.config.state import State


@click.command()
@json_option(": days (0: for ever), and how many have expired")
@click.pass_obj
def retention(state: State, as_json: bool) -> None:
    """Show retention times and what has expired."""
    settings = state.config().retention
    recorded = Recordings(state.recorded)
    due = with_store(
        state, lambda store: keeping.count_expired(store, settings, recorded, now(state))
    )
    times = {kind: getattr(settings, kind) for kind in keeping.WHAT}
    if as_json:
        print_json({kind: {"days": times[kind], "expired": due.get(kind, 0)} for kind in times})
        return
    for kind, days in times.items():
        text = f"{days} days; expired: {due[kind]}" if days else "for ever"
        click.echo(f"{kind:<15}{text}")
