"""How commands read and write the store, and what they share that declare something."""

import getpass
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click

from ari_app.commands.runner import run
from ari_app.commands.time_arguments import HELP, until
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.store.db import Store
from ari_app.store.sqlite import Database

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def asked(state: State, ask: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    """What comes of asking an installation's store, or telling it something."""

    async def asking() -> T:
        store = await Store.open(state.database, state.config().numbers)
        try:
            return await ask(store)
        finally:
            await store.close()

    if not state.database.exists():
        raise click.ClickException(
            f"there is nothing in {state.directory} yet: start Firstline with `firstline up`"
        )
    return run(asking())


def read(
    state: State, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Ask the store something."""
    return asked(state, lambda store: store.read(fn, *args, **kwargs))


def write(
    state: State, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Write something into the store, and tell the application, if it runs."""

    async def writing() -> T:
        store = await Store.open(state.database, state.config().numbers)
        try:
            result = await store.write(fn, *args, **kwargs)
        finally:
            await store.close()
        await announced(state)
        return result

    state.make()
    return run(writing())


async def announced(state: State) -> None:
    """Tell the application, if it runs, that something was written into the store."""
    try:
        await ControlClient(state.control).refresh()
    except NotRunningError as error:
        click.echo(f"it is in the store; {error}", err=True)


def now(state: State) -> datetime:
    """Now, in the time zone of the site."""
    return datetime.now(ZoneInfo(state.config().site.timezone))


def moment(state: State, text: str) -> datetime:
    """The moment of ``--until``."""
    try:
        return until(text, now(state))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--until") from error


def shown(at: datetime, state: State) -> str:
    """A moment as it is shown: local time of the site."""
    return f"{at.astimezone(now(state).tzinfo):%Y-%m-%d %H:%M}"


def until_option(command: F) -> F:
    """``--until WHEN``"""
    return click.option("--until", "text_until", metavar="WHEN", required=True, help=HELP)(command)


def by_option(command: F) -> F:
    """``--by NAME``"""
    return click.option("--by", default=_login, help="Who orders it [default: your login name].")(
        command
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return str(os.getuid())
