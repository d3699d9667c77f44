"""`firstline tokens`: who may ask the API."""

from datetime import UTC, datetime

import click

from ari_app.api.endpoints import SCOPES
from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, moment, read, shown, write
from ari_app.commands.time_arguments import HELP
from ari_app.config.state import FILE, State
from ari_app.store import api_tokens as kept
from ari_app.store import changes


@click.group(cls=Commands)
def tokens() -> None:
    """Make, list and revoke tokens of the API."""


@tokens.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(tuple(SCOPES)),
    help="What it may do; may be given several times.",
)
@click.option("--until", "text_until", metavar="WHEN", help=f"When it expires: {HELP}")
@by_option
@click.pass_obj
def add(state: State, name: str, scopes: tuple[str, ...], text_until: str | None, by: str) -> None:
    """Make the token NAME and print it: it is shown this once."""
    expires = None if text_until is None else moment(state, text_until)
    token, chosen = kept.make(), tuple(one for one in SCOPES if one in scopes)
    made = change(state, by, "tokens add", name, " ".join(chosen))
    at = datetime.now(UTC)
    if not write(state, changes.made, made, kept.add, token, name, chosen, by, at, expires):
        raise click.ClickException(f"there is a token {name}: revoke it first, or take a new name")
    click.echo(token.reveal())
    if not state.config().api.enabled:
        click.echo(f"the API is off: write enabled = true under [api] in {FILE}", err=True)


@tokens.command("list")
@json_option()
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List tokens, their scopes and when they were last used."""
    found = read(state, kept.listed)
    if printed(found, as_json, "there are no tokens: `firstline tokens add`"):
        return
    for one in found:
        expires = f"expires {shown(one.expires, state)}" if one.expires else "never expires"
        used = f"used {shown(one.used, state)}" if one.used else "never used"
        click.echo(f"{one.name}  {' '.join(one.scopes)}  {expires}, {used}, made by {one.author}")


@tokens.command()
@click.argument("name")
@by_option
@click.pass_obj
def revoke(state: State, name: str, by: str) -> None:
    """Revoke the token NAME: its next request is refused."""
    made = change(state, by, "tokens revoke", name)
    if not write(state, changes.made, made, kept.remove, name):
        raise click.ClickException(f"there is no token {name}: `firstline tokens list`")
    click.echo(f"token {name} is revoked")
