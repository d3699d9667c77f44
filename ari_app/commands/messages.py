"""`firstline messages`: texts to subscribers and their delivery."""

import click
from msgspec.structs import replace

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import exactly, read
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import outbox
from ari_app.store.outbox import Text


@click.group(cls=Commands)
def messages() -> None:
    """List texts to subscribers."""


@messages.command("list")
@click.option("--number", help="Only those to this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_option(": everything, whole numbers too")
@click.pass_obj
def list_(state: State, number: str | None, limit: int, as_json: bool) -> None:
    """List the last texts, newest first."""
    found = [readable(one) for one in read(state, outbox.recent, limit, number)]
    if printed(found, as_json, "no texts match"):
        return
    for one in found:
        when = exactly(one.created, state)
        click.echo(f"{when}  {masked(one.number)}  {delivery(one, state)}\n    {one.text}")


def readable(one: Text) -> Text:
    """A text as it is shown: a secret in it is not."""
    return replace(one, text="(a one-time code)") if one.secret else one


def delivery(one: Text, state: State) -> str:
    """The delivery state of a text, in words."""
    match one.state, one.next_at:
        case "waiting", next_at if one.attempts and next_at:
            return f"waiting for {exactly(next_at, state)} (attempt {one.attempts}: {one.error})"
        case "failed", _:
            return f"failed ({one.error})"
    return one.state
