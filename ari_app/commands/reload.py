"""`firstline flows reload` and `firstline reload`: what is in force becomes what is on the disk."""

import click
from msgspec import json

from ari_app.commands.runner import console, run
from ari_app.commands.store_access import by_option, moment, now
from ari_app.config.state import State
from ari_app.control.client import ControlClient
from ari_app.control.requests import ReloadRequest
from ari_app.menus.live import Reloaded
from ivr.acd.canary import LONGEST


@click.command()
@click.option("--dry-run", is_flag=True, help="Only check, and say what would change.")
@click.option(
    "--share",
    type=click.IntRange(1, 99),
    metavar="PERCENT",
    help="A canary: only so many per cent of the callers go by the new menus.",
)
@click.option(
    "--for", "lasts", metavar="TIME", help="How long the canary lasts: 2h, 3d, at most 30d  [1h]."
)
@by_option
@click.pass_obj
def reload(state: State, dry_run: bool, share: int | None, lasts: str | None, by: str) -> None:
    """Reload the menus for new calls, if they pass the check. Calls in progress keep theirs.

    With --share it is rolled back by itself if the new menus do worse (`flows canary`).
    """
    if lasts and not share:
        raise click.UsageError("--for is for --share")
    seconds = (moment(state, lasts, "--for") - now(state)).total_seconds() if lasts else 0.0
    if seconds > LONGEST.total_seconds():
        raise click.BadParameter(f"{LONGEST.days} days at most", param_hint="--for")
    with console().status("loading, checking and rendering the menus"):
        request = ReloadRequest(by=by, dry_run=dry_run, share=share or 0, seconds=seconds)
        answer = run(ControlClient(state.control).reload(request))
    report(json.decode(answer, type=Reloaded))
    if share and not dry_run:
        click.echo(f"{share} % of the callers go by it: `firstline flows canary` compares both")


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
    report(done.menus, also=bool(done.settings or done.at_start or done.asterisk))


def report(done: Reloaded, *, also: bool = False) -> None:
    """Print the result of a reload; ends the command with exit code 1 if it was rejected.

    ``also``: something besides the menus has changed, and was printed.
    """
    for problem in done.problems:
        click.echo(problem)
    if done.problems:
        click.echo("rejected: the old menus stay in force", err=True)
        raise click.exceptions.Exit(1)
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    for change in done.changes() or (() if also else ("nothing changed",)):
        click.echo(change)
