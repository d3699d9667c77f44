"""`firstline complaints`: recorded complaints of callers."""

import click
from msgspec import to_builtins

from ari_app.commands.as_json import json_option, print_json, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, exactly, read, shown, write
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
@json_option(": everything, whole numbers too")
@click.pass_obj
def list_(state: State, closed: bool, as_json: bool) -> None:
    """List open complaints, oldest first."""
    found = read(state, records.listed, closed)
    if printed(
        [_fields(one) for one in found],
        as_json,
        "there are no complaints" if closed else "no complaint is open",
    ):
        return
    for one in found:
        click.echo(_line(one, state))


@complaints.command()
@click.argument("id", type=int)
@json_option(": everything, whole numbers too")
@click.pass_obj
def show(state: State, id: int, as_json: bool) -> None:
    """Show complaint ID with its recording and answer."""
    one = read(state, records.by_id, id)
    if one is None:
        raise click.ClickException(f"there is no complaint {id}: `firstline complaints list`")
    if as_json:
        print_json(_fields(one))
        return
    click.echo(_line(one, state))
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
    closing = change(state, by, "complaints close", id)
    if not write(state, changes.made, closing, records.close, id, answer):
        raise click.ClickException(f"no complaint {id} is open: `firstline complaints list`")
    click.echo(f"complaint {id} is closed")


def _fields(one: Complaint) -> dict[str, object]:
    """A complaint as JSON, with the time by which it must be answered."""
    return {**to_builtins(one), "due": one.due}


def _line(one: Complaint, state: State) -> str:
    due = f"answer by {shown(one.due, state)[:10]}" if one.state == "open" else one.state
    return f"{one.id}  {exactly(one.at, state)}  {masked(one.number)}  {one.seconds:.0f} s  {due}"
