"""`firstline flows diff` and `rollback`: whole sets of menus."""

import asyncio
from collections.abc import Mapping
from typing import Final

import click
from msgspec import json

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.reload import report
from ari_app.commands.runner import run
from ari_app.commands.store_access import by_option, with_store
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.control.requests import ReloadRequest
from ari_app.main.releases import directories, keep_set
from ari_app.menus.files import Directories
from ari_app.menus.live import Release, Reloaded
from ari_app.store import menu_sets
from ari_app.store.db import Store
from ari_app.store.menu_sets import MenuSet

ASIDE: Final = "unreleased"
"""How a set is marked that was on the disk, but never in force."""


@click.command()
@json_option()
@click.pass_obj
def diff(state: State, as_json: bool) -> None:
    """List what differs between files and the menus in force.

    In words: nodes, keys, prompts, recordings. Exit code 1 if the files would be rejected.
    """
    answer = run(ControlClient(state.control).reload(ReloadRequest(dry_run=True)))
    done = json.decode(answer, type=Reloaded)
    if as_json:
        print_json({"differences": done.details, "problems": done.problems})
        raise click.exceptions.Exit(1 if done.problems else 0)
    for line in done.details or (() if done.problems else ("nothing differs",)):
        click.echo(line)
    if done.problems:
        report(done)


@click.command()
@click.argument("version", type=int, required=False)
@by_option
@click.pass_obj
def rollback(state: State, version: int | None, by: str) -> None:
    """Restore a whole set of menus, by default the one before.

    The files of menus and recordings become those of the set (see `flows history`). What is on the
    disk and was never in force is kept as a set of its own before.
    """
    where = directories(state.config(), state)

    async def rolling(store: Store) -> tuple[MenuSet, dict[str, str]]:
        sets = await store.read(menu_sets.listed)
        wanted = _wanted(sets, version)
        files = await store.read(menu_sets.files_of, wanted.id)
        aside = await keep_set(store, where, Release(ASIDE, by))
        if aside is not None:
            click.echo(f"what was on the disk is kept as {aside}")
        in_force = next(one for one in sets if one.how != ASIDE)
        for name in await _restored(store, where, files):
            click.echo(f"restored: {name}")
        return wanted, await store.read(menu_sets.files_of, in_force.id)

    try:
        wanted, before = with_store(state, rolling)
        answer = run(ControlClient(state.control).reload(ReloadRequest(by=by, how="rollback")))
    except NotRunningError as error:
        click.echo(f"the files are those of {wanted.id}; {error}", err=True)
        return
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written: {error.strerror}"
        ) from error
    done = json.decode(answer, type=Reloaded)
    if done.problems:
        with_store(state, lambda store: _restored(store, where, before))
        click.echo("the files are again those of the menus in force", err=True)
    report(done)


def _wanted(sets: list[MenuSet], version: int | None) -> MenuSet:
    released = [one for one in sets if one.how != ASIDE]
    if version is None:
        if len(released) < 2:
            raise click.ClickException("no other set was in force: `firstline flows history`")
        return released[1]
    found = [one for one in sets if one.id == version]
    if not found:
        known = ", ".join(str(one.id) for one in sets) or "none"
        raise click.ClickException(f"there is no set {version}: {known} (`flows history`)")
    return found[0]


async def _restored(store: Store, where: Directories, files: Mapping[str, str]) -> list[str]:
    """Make the files those of a set; returns the names that changed."""
    contents = {}
    for hash_ in set(files.values()):
        contents[hash_] = await store.read(menu_sets.content, hash_)
    return await asyncio.to_thread(where.restore, files, contents.__getitem__)
