"""`firstline flows reload` and `firstline flows versions`: the menus in force."""

from collections.abc import Sequence
from datetime import datetime

import click
from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.admin.status import query
from ari_app.commands.runner import console, run
from ari_app.commands.store_access import by_option, read
from ari_app.config.state import State
from ari_app.control.client import ControlClient
from ari_app.control.requests import ReloadRequest
from ari_app.main.reloading import ReloadedAll
from ari_app.menus.live import Reloaded
from ari_app.store import versions as kept
from ari_app.store.versions import VersionUsage


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
@by_option
@click.pass_obj
def reload_all(state: State, by: str) -> None:
    """Reload settings, agents, queues, phones and menus. Calls go on.

    Says which settings take effect only at the next start.
    """
    with console().status("reading the settings, loading, checking and rendering the menus"):
        request = ReloadRequest(by=by, everything=True)
        answer = run(ControlClient(state.control).reload(request))
    done = json.decode(answer, type=ReloadedAll)
    for problem in done.problems:
        click.echo(problem, err=True)
    if done.problems:
        raise click.exceptions.Exit(1)
    for name in done.settings:
        click.echo(f"in force: {name}")
    for name in done.at_start:
        click.echo(f"at the next start of Firstline: {name}", err=True)
    for name in done.asterisk:
        click.echo(f"at the next start of Asterisk: {name}", err=True)
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


class Listed(Struct, frozen=True, omit_defaults=True):
    """A version as JSON; ``how`` says what first put it into force."""

    flow: str
    version: str
    first: datetime
    how: str
    on_air: bool
    calls: int
    first_call: datetime | None = None
    last_call: datetime | None = None
    text: str = ""


@click.command()
@click.argument("flow", required=False)
@click.argument("version", required=False)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.pass_obj
def versions(state: State, flow: str | None, version: str | None, as_json: bool) -> None:
    """List the versions that were in force, of FLOW or of all; or print a VERSION.

    The newest is first; * is in force now. The calls are those that began in the version.
    """
    in_force = run(query(state)).menus.flows
    found = [
        _listed(one, in_force.get(one.version.flow) == one.version.version)
        for one in read(state, kept.usage, flow)
    ]
    if not found:
        what = f"no flow {flow}" if flow else "nothing"
        raise click.ClickException(f"{what} was in force yet: `firstline up` records what is")
    if version is not None:
        _show(state, _chosen(found, version), as_json)
    elif as_json:
        click.echo(_json(found))
    else:
        for one in found:
            click.echo(_line(one))


def _listed(one: VersionUsage, in_force: bool) -> Listed:
    version, calls = one.version, one.began or (None, None)
    return Listed(
        version.flow, version.version, version.first, version.how, in_force, one.calls, *calls
    )


def _line(one: Listed) -> str:
    star = "*" if one.on_air else " "
    calls = f"{one.calls} call{'' if one.calls == 1 else 's'}"
    if one.first_call and one.last_call:
        calls += f", {_moment(one.first_call)} to {_moment(one.last_call)}"
    return f"{one.flow}  {one.version} {star} since {_moment(one.first)} UTC ({one.how})  {calls}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _chosen(found: Sequence[Listed], version: str) -> Listed:
    """The version that a prefix names; raises if it names none or several."""
    meant = [one for one in found if one.version.startswith(version)]
    if len(meant) != 1:
        how_many = "more than one version" if meant else "no version"
        known = ", ".join(one.version for one in meant or found)
        raise click.ClickException(f"there is {how_many} {version}: write one of {known}")
    return meant[0]


def _show(state: State, one: Listed, as_json: bool) -> None:
    text = read(state, kept.text, one.flow, one.version) or ""
    click.echo(_json(replace(one, text=text)) if as_json else text, nl=as_json)


def _json(found: Listed | Sequence[Listed]) -> str:
    return json.format(json.encode(found), indent=2).decode()
