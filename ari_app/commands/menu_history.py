"""`firstline flows versions` and `history`: what was in force, of flows and of whole sets."""

from collections.abc import Sequence
from datetime import datetime

import click
from msgspec import Struct
from msgspec.structs import replace

from ari_app.admin.status import query
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.canary import canary_lines
from ari_app.commands.runner import run
from ari_app.commands.store_access import exactly, read, shown
from ari_app.config.state import State
from ari_app.store import menu_sets
from ari_app.store import versions as kept
from ari_app.store.versions import VersionUsage


@click.command()
@json_option()
@click.pass_obj
def history(state: State, as_json: bool) -> None:
    """List the sets of menus that were in force.

    Each with its time, by whom, how, and what it changed; the newest is first. The last 30 are
    kept, with prompts and recordings.
    """
    sets = read(state, menu_sets.listed)
    if as_json:
        print_json(sets)
        return
    if not sets:
        click.echo("none was in force yet: sets are kept of menus and recordings of your own")
    for one in sets:
        who = f" by {one.by}" if one.by else ""
        click.echo(f"{one.id}  {shown(one.at, state)}  {one.how}{who}")
        for line in one.changes:
            click.echo(f"    {line}")


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
@json_option()
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
        print_json(found)
    else:
        for line in canary_lines(state, 1) if flow is None else ():
            click.echo(line)
        for one in found:
            click.echo(_line(one, state))


def _listed(one: VersionUsage, in_force: bool) -> Listed:
    version, calls = one.version, one.began or (None, None)
    return Listed(
        version.flow, version.version, version.first, version.how, in_force, one.calls, *calls
    )


def _line(one: Listed, state: State) -> str:
    star = "*" if one.on_air else " "
    calls = f"{one.calls} call{'' if one.calls == 1 else 's'}"
    if one.first_call and one.last_call:
        calls += f", {exactly(one.first_call, state)} to {exactly(one.last_call, state)}"
    since = exactly(one.first, state)
    return f"{one.flow}  {one.version} {star} since {since} ({one.how})  {calls}"


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
    if as_json:
        print_json(replace(one, text=text))
    else:
        click.echo(text, nl=False)
