"""`firstline callbacks`: requests for a callback."""

import click

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, exactly, read, shown, write
from ari_app.config.state import State
from ari_app.store import callbacks as requests
from ari_app.store import changes


@click.group(cls=Commands)
def callbacks() -> None:
    """List and close requests for a callback."""


@callbacks.command("list")
@click.option("--all", "done", is_flag=True, help="Include closed ones, the last 1000.")
@json_option()
@click.pass_obj
def list_(state: State, done: bool, as_json: bool) -> None:
    """List open requests, oldest first, with the whole number to dial."""
    found = read(state, requests.listed, done)
    if printed(found, as_json, "no requests yet" if done else "no request is open"):
        return
    for one in found:
        known = "unknown" if one.subscriber is None else f"subscriber {one.subscriber}"
        words = [str(one.id), exactly(one.at, state), f"{one.number} ({known})"]
        due = f"due {shown(one.due, state)}" if one.due else ""
        promised = f"promised by {one.agent}" if one.agent else ""
        tried = f"{one.attempts} attempts" if one.attempts else ""
        made = ", ".join(filter(None, (tried, f"by {one.calling} now" * bool(one.calling))))
        gave_up = "gave up waiting" if one.gave_up else ""
        details = (
            gave_up,
            one.topic,
            ", ".join(filter(None, (promised, due))),
            one.note,
            made,
            one.outcome,
        )
        click.echo("  ".join([*words, *filter(None, details), one.state]))


@callbacks.command()
@click.argument("id", type=int)
@by_option
@click.pass_obj
def done(state: State, id: int, by: str) -> None:
    """Mark request ID as called back."""
    if not write(state, changes.made, change(state, by, "callbacks done", id), requests.done, id):
        raise click.ClickException(f"no callback {id} is open: `firstline callbacks list`")
    click.echo(f"callback {id} is done")
