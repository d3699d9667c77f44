"""`firstline flows reload` and `firstline reload`: what is in force becomes what is on the disk."""

import click
from msgspec import json

from ari_app.commands.runner import console, run
from ari_app.commands.store_access import by_option
from ari_app.config.state import State
from ari_app.control.client import ControlClient
from ari_app.control.requests import ReloadRequest
from ari_app.menus.live import Reloaded


@click.command()
@click.option("--dry-run", is_flag=True, help="Only check, and say what would change.")
@by_option
@click.pass_obj
def reload(state: State, dry_run: bool, by: str) -> None:
    """Reload the menus for new calls, if they pass the check. Calls in progress keep theirs."""
    with console().status("loading, checking and rendering the menus"):
        request = ReloadRequest(by=by, dry_run=dry_run)
        answer = run(ControlClient(state.control).reload(request))
    report(json.decode(answer, type=Reloaded))


@click.command()
@click.option("--dry-run", is_flag=True, help="Only check, and say what would change.")
@by_option
@click.pass_obj
def reload_all(state: State, dry_run: bool, by: str) -> None:
    """Reload settings, agents, queues, phones and menus. Calls go on.

    Says which settings take effect only at the next start.
    """
    with console().status("reading the settings, loading, checking and rendering the menus"):
        request = ReloadRequest(by=by, dry_run=dry_run, everything=True)
        answer = run(ControlClient(state.control).reload(request))
    from ari_app.main.reloading import ReloadedAll  # it loads the application

    done = json.decode(answer, type=ReloadedAll)
    for problem in done.problems:
        click.echo(problem, err=True)
    for name in done.settings:
        click.echo(f"{'would be' if dry_run else ''} in force: {name}".strip())
    for name in done.at_start:
        click.echo(f"at the next start of Firstline: {name}", err=True)
    for name in done.asterisk:
        click.echo(f"at the next start of Asterisk: {name}", err=True)
    if done.problems:
        raise click.exceptions.Exit(1)
    report(done.menus)


def report(done: Reloaded) -> None:
    """Print the result of a reload; ends the command with exit code 1 if it was rejected."""
    for problem in done.problems:
        click.echo(problem)
    if done.problems:
        click.echo("rejected: the old menus stay in force", err=True)
        raise click.exceptions.Exit(1)
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    for change in done.changes() or ("nothing changed",):
        click.echo(change)
