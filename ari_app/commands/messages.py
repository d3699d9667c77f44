"""`firstline messages`: texts to subscribers and their delivery."""

import click
from msgspec import json
from msgspec.structs import replace

from ari_app.commands.groups import Commands
from ari_app.commands.store_access import read
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
@click.option("--json", "as_json", is_flag=True, help="For scripts: everything, whole numbers too.")
@click.pass_obj
def list_(state: State, number: str | None, limit: int, as_json: bool) -> None:
    """List the last texts, newest first."""
    found = [_readable(one) for one in read(state, outbox.recent, limit, number)]
    if as_json:
        click.echo(json.format(json.encode(found), indent=2).decode())
        return
    for one in found:
        when = f"{one.created:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"{when}  {masked(one.number)}  {delivery(one)}\n    {one.text}")


def _readable(one: Text) -> Text:
    """A text as it is shown: a secret in it is not."""
    return replace(one, text="(a one-time code)") if one.secret else one


def delivery(one: Text) -> str:
    """The delivery state of a text, in words."""
    match one.state, one.next_at:
        case "waiting", next_at if one.attempts and next_at:
            return f"waiting for {next_at:%H:%M:%S} UTC (attempt {one.attempts}: {one.error})"
        case "failed", _:
            return f"failed ({one.error})"
    return one.state
