"""`firstline changes`: what people changed by hand in what callers meet."""

import click

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.store_access import read, shown
from ari_app.config.state import State
from ari_app.store import changes as audit


@click.command()
@click.option("--by", metavar="NAME", help="Only of this person.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True)
@json_option()
@click.pass_obj
def changes(state: State, by: str | None, limit: int, as_json: bool) -> None:
    """List what was changed by hand, and by whom, newest first.

    By commands and at the desk: agents, opening hours, announcements, callbacks, complaints,
    menus. What agents do for subscribers is in `firstline acts`.
    """
    found = read(state, audit.recent, limit, by)
    if printed(found, as_json, "nothing was changed by hand"):
        return
    for one in found:
        words = (shown(one.at, state), one.who, one.what, one.subject, one.detail)
        place = "" if one.place == "command" else f"({one.place})"
        click.echo("  ".join(filter(None, (*words, place))))
