"""`firstline flows diff` and `rollback`: whole sets of menus."""

import click
from msgspec import json

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.reload import report
from ari_app.commands.runner import run
from ari_app.commands.store_access import by_option, with_store
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.control.requests import ReloadRequest
from ari_app.main.releases import directories
from ari_app.main.rollback import NoSuchSet, end_canary, put_files, restore_set
from ari_app.menus.live import Reloaded
from ari_app.store.db import Store


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

    async def rolling(store: Store) -> Reloaded | None:
        restored = await restore_set(store, where, version, by)
        if restored.aside is not None:
            click.echo(f"what was on the disk is kept as {restored.aside}")
        for name in restored.names:
            click.echo(f"restored: {name}")
        request = ReloadRequest(by=by, how="rollback", everything=restored.languages)
        try:
            answer = await ControlClient(state.control).reload(request)
        except NotRunningError as error:
            await end_canary(store, restored.to.id, by)
            click.echo(f"the files are those of {restored.to.id}; {error}", err=True)
            return None
        done = _decoded(answer) if restored.languages else json.decode(answer, type=Reloaded)
        if done.problems:
            await put_files(store, where, restored.before)
            click.echo("the files are again those of the menus in force", err=True)
        return done

    try:
        done = with_store(state, rolling)
    except NoSuchSet as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written: {error.strerror}"
        ) from error
    if done is not None:
        report(done)


def _decoded(answer: bytes) -> Reloaded:
    """What became of the menus in a reload of everything."""
    from ari_app.main.reloading import ReloadedAll  # it loads the application

    return json.decode(answer, type=ReloadedAll).of_menus
