"""`firstline complaints`: recorded complaints of callers."""

import click

from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, read, write
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import changes
from ari_app.store import complaints as records
from ari_app.store.complaints import Complaint


@click.group(cls=Commands)
def complaints() -> None:
    """List, show and close complaints."""


@complaints.command("list")
@click.option("--all", "closed", is_flag=True, help="Include closed ones, the last 1000.")
@click.pass_obj
def list_(state: State, closed: bool) -> None:
    """List open complaints, oldest first."""
    for one in read(state, records.listed, closed):
        click.echo(_line(one))


@complaints.command()
@click.argument("id", type=int)
@click.pass_obj
def show(state: State, id: int) -> None:
    """Show complaint ID with its recording and answer."""
    one = read(state, records.by_id, id)
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
@click.option("--answer", required=True, help="The answer that the caller was given.")
@by_option
@click.pass_obj
def close(state: State, id: int, answer: str, by: str) -> None:
    """Close complaint ID with the answer that was given."""
    closing = change(state, by, "complaints close", id, answer)
    if not write(state, changes.made, closing, records.close, id, answer):
        raise click.ClickException(f"no complaint {id} is open: `firstline complaints list`")
    click.echo(f"complaint {id} is closed")


def _line(one: Complaint) -> str:
    due = f"answer by {one.due:%Y-%m-%d}" if one.state == "open" else one.state
    at = f"{one.at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{one.id}  {at}  {masked(one.number)}  {one.seconds:.0f} s  {due}"
