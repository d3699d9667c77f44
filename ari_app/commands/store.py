"""`firstline store`: where the store is, and how it is moved."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.runner import console
from ari_app.config.state import State
from ari_app.main.processes import recorded
from ari_app.store.copying import Copied, CopyError, copy
from ari_app.store.errors import StoreError
from ari_app.store.opening import open_source, open_writer
from ari_app.store.server import Place, named, place
from ivr.numbers import NumberPlan

_PATIENCE = 5.0


@click.group(cls=Commands)
def store() -> None:
    """Write the store to PostgreSQL, or back to a file."""


@store.command("copy")
@click.option("--to", "target", required=True, metavar="URL|FILE", help="Name an empty database.")
@json_option()
@click.pass_obj
def copy_command(state: State, target: str, as_json: bool) -> None:
    """Write all of the store into an empty database, and compare the two.

    Firstline must not run meanwhile. What is copied from is left as it is.
    """
    config = state.config()
    if recorded(state.process) is not None:
        raise click.ClickException("Firstline runs, and would go on writing: `firstline stop`")
    source, to = place(config.database.url, state.database), named(target)
    if not source.exists():
        raise click.ClickException(f"{source}: there is no database to copy")
    try:
        done = _copied(source, to, config.numbers)
    except (CopyError, StoreError, sqlite3.Error) as error:
        raise click.ClickException(f"nothing was copied: {error}") from error
    if as_json:
        print_json({"from": str(source), "to": str(to), "tables": {e.table: e.rows for e in done}})
        return
    rows = sum(each.rows for each in done)
    click.echo(f"{to}: {rows} rows of {len(done)} tables, compared with {source}")
    then = f'url = "{to}"' if not isinstance(to, Path) else f"no url, and {to} as {state.database}"
    click.echo(f"Next: under [database] {then}; then `firstline up`")


def _copied(source: Place, target: Place, numbers: NumberPlan) -> list[Copied]:
    with ExitStack() as stack:
        status = stack.enter_context(console().status("opening both"))
        old = stack.enter_context(closing(open_source(source, _PATIENCE, numbers)))
        new = stack.enter_context(closing(open_writer(target, _PATIENCE, numbers)))
        old.hold()  # also against a Firstline that another machine runs
        stack.callback(old.rollback)
        new.conn.execute("begin")
        stack.callback(new.rollback)
        done = copy(old, new, lambda table, rows: status.update(f"{table}: {rows}"))
        new.commit()
    return done
