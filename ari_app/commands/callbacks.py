"""`firstline callbacks`: who asked to be called."""

import click

from ari_app.commands.runner import Commands
from ari_app.commands.store_access import read, shown, write
from ari_app.config.state import State
from ari_app.store import callbacks as wishes


@click.group(cls=Commands)
def callbacks() -> None:
    """Callers who asked to be called back."""


@callbacks.command("list")
@click.option("--all", "done", is_flag=True, help="Those who were called, too.")
@click.pass_obj
def list_(state: State, done: bool) -> None:
    """Who is to be called, the oldest wish first; with the whole number, to dial it."""
    for one in read(state, wishes.listed, done):
        known = "unknown" if one.subscriber is None else f"subscriber {one.subscriber}"
        words = [str(one.id), f"{one.at:%Y-%m-%d %H:%M:%S} UTC", f"{one.number} ({known})"]
        due = f", due {shown(one.due, state)}" if one.due else ""
        promised = f"promised by {one.agent}{due}" if one.agent else ""
        click.echo("  ".join([*words, *filter(None, (one.topic, promised, one.note)), one.state]))


@callbacks.command()
@click.argument("id", type=int)
@click.pass_obj
def done(state: State, id: int) -> None:
    """Note that the caller of wish ID was called."""
    if not write(state, wishes.done, id):
        raise click.ClickException(f"no call back {id} is open: `firstline callbacks list`")
    click.echo(f"call back {id} is done")
