"""How commands read and write the store, and the options they share."""

import getpass
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from ari_app.commands.runner import run_briefly
from ari_app.commands.time_arguments import HELP, since, until
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.store.changes import Change, What
from ari_app.store.db import Store
from ari_app.store.server import Place, place
from ari_app.store.sqlite import Database

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def cut(found: list[T], most: int) -> list[T]:
    """At most so many of a list; that there are more is said on standard error."""
    if len(found) > most:
        click.echo(f"there are more: these are the first {most}", err=True)
    return found[:most]


def with_store(state: State, use: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    """Open the store of an installation, await ``use`` with it, and return the result.

    Raises :class:`click.ClickException` if there is no store yet.
    """

    async def using() -> T:
        store = await _opened(state, where)
        try:
            return await use(store)
        finally:
            await store.close()

    config = state.config()
    where = place(config.database.url, state.database)
    _refuse_lost(state, where)
    if not where.exists():
        raise click.ClickException(
            f"{state.directory} has no installation yet: start Firstline with `firstline up`"
        )
    return run_briefly(using())


def exists(state: State) -> bool:
    """Whether an installation has a store."""
    return place(state.config().database.url, state.database).exists()


async def _opened(state: State, where: Place) -> Store:
    """The store; a database is only made where there never was one."""
    make = not state.database_made.exists()
    return await Store.open(where, state.config().numbers, examine=False, make=make)


def _refuse_lost(state: State, where: Place) -> None:
    """An empty database is not made in place of one that was there."""
    if state.database_made.exists() and not where.exists():
        raise click.ClickException(
            f"{state.database} is lost: restore a backup with `firstline restore`; or remove "
            f"{state.database_made} to begin with an empty one"
        )


def read_since(ctx: click.Context, _: click.Parameter, text: str | None) -> datetime | None:
    """The value of an option `--since`; None if it was not given."""
    try:
        return since(text, now(ctx.obj)) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def read(
    state: State, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Read from the store; returns what ``fn`` returns."""
    return with_store(state, lambda store: store.read(fn, *args, **kwargs))


def write(
    state: State, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Write to the store in a transaction, and have a running application refresh."""

    async def writing() -> T:
        store = await _opened(state, where)
        try:
            result = await store.write(fn, *args, **kwargs)
        finally:
            await store.close()
        await refresh_application(state)
        return result

    state.make()
    config = state.config()
    where = place(config.database.url, state.database)
    _refuse_lost(state, where)
    return run_briefly(writing())


async def refresh_application(state: State) -> None:
    """Have a running application load again what was written to the store."""
    try:
        await ControlClient(state.control).refresh()
    except NotRunningError as error:
        click.echo(f"it is stored; {error}", err=True)


def now(state: State) -> datetime:
    """The time, in the time zone of the site."""
    return datetime.now(ZoneInfo(state.config().site.timezone))


def moment(state: State, text: str, option: str = "--until") -> datetime:
    """Parse an option that is a time in the future."""
    try:
        return until(text, now(state))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def shown(at: datetime, state: State) -> str:
    """Format a time, to the minute, in the time zone of the site: ``2026-03-01 15:00 +03``."""
    return _in_zone(at, state, "%Y-%m-%d %H:%M")


def exactly(at: datetime, state: State) -> str:
    """Format a time as :func:`shown` does, to the second."""
    return _in_zone(at, state, "%Y-%m-%d %H:%M:%S")


def _in_zone(at: datetime, state: State, form: str) -> str:
    local = at.astimezone(ZoneInfo(state.config().site.timezone))
    return f"{local:{form}} {offset(local)}"


def offset(at: datetime) -> str:
    """The offset of an aware time from UTC: ``+03``, ``-03:30``."""
    text = f"{at:%z}"
    return text[:3] if text[3:] == "00" else f"{text[:3]}:{text[3:5]}"


def until_option(command: F) -> F:
    """``--until WHEN``"""
    return click.option("--until", "text_until", metavar="WHEN", required=True, help=HELP)(command)


def change(state: State, by: str, what: What, subject: str | int, detail: str = "") -> Change:
    """The record of a change by a command, for :func:`ari_app.store.changes.made`."""
    return Change(now(state), by, what, str(subject), detail)


def by_option(command: F) -> F:
    """``--by NAME``"""
    return click.option(
        "--by", default=_login, help="Your name in the audit [default: your login name]."
    )(command)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return str(os.getuid())
