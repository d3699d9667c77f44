"""How commands change one agent, and what our Asterisk takes of it at once."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from ari_app.commands.runner import run, run_briefly
from ari_app.commands.store_access import refresh_application, with_store
from ari_app.config.state import State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.main import processes
from ari_app.store import agents as staff
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from asterisk_conf.discovery import PbxError
from asterisk_conf.reload import PHONES_AND_QUEUES, Reload
from asterisk_conf.site import SiteError
from ivr.problems import near

T = TypeVar("T")


def with_agent(state: State, name: str, action: Callable[[Store, Agent], Awaitable[T]]) -> T:
    """Run an action on an existing agent, notify the application, and return the result."""

    async def doing(store: Store) -> T:
        one = await store.read(staff.by_name, name)
        if one is None:
            names = [each.name for each in await store.read(staff.everyone)]
            raise click.ClickException(f"there is no agent {name}: {near(name, names)}")
        done = await action(store, one)
        await refresh_application(state)
        return done

    return with_store(state, doing)


def phones_applied(state: State, user: str) -> str:
    """Have our Asterisk take a changed phone at once; a sentence about what came of it."""
    if not state.config().manages_asterisk:
        return (
            f"for the phone in your Asterisk: what has {user} in the files of `firstline pbx "
            "render DIRECTORY`, then its `pjsip reload` and `queue reload all`"
        )
    try:
        why = run_briefly(ControlClient(state.control).phones())
    except NotRunningError:
        if processes.recorded(processes.asterisk_process(state)) is None:
            return "Asterisk knows of it when it starts"
        why = _applied_here(state)
    return f"Asterisk does not know of it: {why}" if why else "Asterisk knows of it; calls go on"


def _applied_here(state: State) -> str:
    """Have an Asterisk that runs without the application take the phones; why it did not, or ""."""
    from ari_app.commands.pbx import asterisk_of  # it loads speech

    try:
        Reload(run(asterisk_of(state))).apply(PHONES_AND_QUEUES)
    except (PbxError, SiteError) as error:
        return str(error)
    return ""
