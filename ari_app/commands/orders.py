"""`firstline orders`: the orders of subscribers."""

import click

from ari_app.commands.as_json import json_option, print_json, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import read, shown
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import orders as kept
from ari_app.store import subscribers
from ari_app.store.orders import OrderRecord


@click.group(cls=Commands)
def orders() -> None:
    """List and show orders of subscribers."""


@orders.command("list")
@click.option("--number", help="Only those of the subscriber with this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_option(": everything")
@click.pass_obj
def list_(state: State, number: str | None, limit: int, as_json: bool) -> None:
    """List the last orders, newest first."""
    one = read(state, subscribers.by_number, number) if number else None
    if number and one is None:
        raise click.ClickException(f"there is no subscriber {number}: `firstline subscribers list`")
    found = read(state, kept.recent, limit, one.id if one else None)
    if printed(found, as_json, "no orders match"):
        return
    for each in found:
        click.echo(_line(state, each))


@orders.command()
@click.argument("key")
@json_option(": everything")
@click.pass_obj
def show(state: State, key: str, as_json: bool) -> None:
    """Show order KEY: subscriber, operation, outcome."""
    one = read(state, kept.of, key)
    if one is None:
        raise click.ClickException(f"there is no order {key}: `firstline orders list`")
    if as_json:
        print_json(one)
        return
    who = read(state, subscribers.by_id, one.subscriber)
    click.echo(_line(state, one))
    click.echo(f"  subscriber {one.subscriber}{f' ({masked(who.msisdn)})' if who else ''}")
    click.echo(f"  call       {one.call}")
    click.echo(f"  wanted     {one.order}, for {one.agreed}")
    if one.answer:
        click.echo(f"  answer     {one.answer}")
    if one.next_at:
        asked = f"asked {one.attempts} times, next at {shown(one.next_at, state)}"
        click.echo(f"  billing    {asked}")


def _line(state: State, one: OrderRecord) -> str:
    ended = f" at {shown(one.ended, state)}" if one.ended else ""
    return f"{one.key}  {shown(one.created, state)}  {one.operation}  {one.state}{ended}"
