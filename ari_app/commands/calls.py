"""`firstline calls`: the call records of the store."""

import click

from ari_app.commands.as_json import json_option, print_json, printed
from ari_app.commands.groups import Commands
from ari_app.commands.messages import delivery, readable
from ari_app.commands.store_access import exactly, read
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import calls as records
from ari_app.store import outbox
from ari_app.store.call_report import report


@click.group(cls=Commands)
def calls() -> None:
    """List calls and show one step by step."""


@calls.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_option(": everything, whole numbers too")
@click.pass_obj
def list_(state: State, limit: int, as_json: bool) -> None:
    """List the last calls, newest first."""
    found = read(state, records.recent, limit)
    if printed(found, as_json, "there are no calls yet"):
        return
    for call in found:
        began, ended = call.began, call.ended
        how = "in progress"
        if ended:
            how = f"{ended.ending} after {(ended.at - began.at).total_seconds():.1f} s"
        click.echo(
            f"{began.call}  {exactly(began.at, state)}  {masked(began.caller)} -> "
            f"{began.dialled}  {how}"
        )


@calls.command()
@click.argument("call", required=False)
@json_option(": everything, whole numbers too")
@click.pass_obj
def show(state: State, call: str | None, as_json: bool) -> None:
    """Show CALL step by step, by default the last one."""
    if call is None:
        last = read(state, records.recent, 1)
        call = last[0].began.call if last else ""
    path = read(state, records.path, call)
    if path is None:
        raise click.ClickException(f"there is no call {call}: `firstline calls list` lists them")
    texts = [readable(one) for one in read(state, outbox.of_call, call)]
    if as_json:
        print_json({"call": path.call, "steps": path.steps, "texts": texts})
        return
    for line in report(path, exactly(path.call.began.at, state)):
        click.echo(line)
    for text in texts:
        click.echo(f"    text to {masked(text.number)}: {delivery(text, state)}")
