"""`firstline complaints`: the complaints book."""

import click

from ari_app.commands.runner import Commands
from ari_app.commands.store_access import read, write
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import complaints as book
from ari_app.store.complaints import Complaint


@click.group(cls=Commands)
def complaints() -> None:
    """What callers complained of."""


@complaints.command("list")
@click.option("--all", "closed", is_flag=True, help="The closed ones, too.")
@click.pass_obj
def list_(state: State, closed: bool) -> None:
    """The open complaints, the oldest first."""
    for one in read(state, book.listed, closed):
        click.echo(_line(one))


@complaints.command()
@click.argument("id", type=int)
@click.pass_obj
def show(state: State, id: int) -> None:
    """One complaint, with its recording and its answer."""
    one = read(state, book.by_id, id)
    if one is None:
        raise click.ClickException(f"there is no complaint {id}: `firstline complaints list`")
    click.echo(_line(one))
    known = "unknown" if one.subscriber is None else f"subscriber {one.subscriber}"
    click.echo(f"caller: {one.number or 'no number'} ({known}), call {one.call}")
    click.echo(f"recording: {one.file or 'removed'}")
    if one.answer:
        click.echo(f"answer: {one.answer}")


@complaints.command()
@click.argument("id", type=int)
@click.option("--answer", required=True, help="What the caller was answered.")
@click.pass_obj
def close(state: State, id: int, answer: str) -> None:
    """Close a complaint with the answer that was given."""
    if not write(state, book.close, id, answer):
        raise click.ClickException(f"no complaint {id} is open: `firstline complaints list`")
    click.echo(f"complaint {id} is closed")


def _line(one: Complaint) -> str:
    due = f"answer by {one.due:%Y-%m-%d}" if one.state == "open" else one.state
    at = f"{one.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{one.id}  {at}  {masked(one.number)}  {one.seconds:.0f} s  {due}"
