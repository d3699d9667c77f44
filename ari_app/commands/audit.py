"""`firstline views` and `firstline acts`: the audit of agents."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import click

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.store_access import shown, with_store
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import agent_actions as actions
from ari_app.store import agents, subscribers
from ari_app.store import views as data_views
from ari_app.store.agent_actions import AgentAction
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ivr.problems import near

F = TypeVar("F", bound=Callable[..., Any])


class _Entry(Protocol):
    """An entry of an audit."""

    @property
    def at(self) -> datetime: ...

    @property
    def agent(self) -> str: ...

    @property
    def subscriber(self) -> int | None: ...


T = TypeVar("T", bound=_Entry)


def _options(command: F) -> F:
    """``--subscriber NUMBER --agent NAME --limit N --json``"""
    limit = click.IntRange(1, 1_000_000)
    for option in (
        json_option(": everything"),
        click.option("--limit", type=limit, default=50, show_default=True),
        click.option("--agent", metavar="NAME", help="Only of this agent."),
        click.option("--subscriber", "number", metavar="NUMBER", help="Only of this subscriber."),
    ):
        command = option(command)
    return command


@click.command()
@_options
@click.pass_obj
def views(state: State, number: str | None, agent: str | None, limit: int, as_json: bool) -> None:
    """List which personal data agents viewed, newest first."""
    _audit(state, data_views.recent, (number, agent, limit), as_json, lambda one: (one.what,))


@click.command()
@_options
@click.pass_obj
def acts(state: State, number: str | None, agent: str | None, limit: int, as_json: bool) -> None:
    """List what agents did for subscribers, with the outcome, newest first."""
    _audit(state, actions.recent, (number, agent, limit), as_json, _act)


def _audit(
    state: State,
    recent: Callable[..., list[T]],
    asked_for: tuple[str | None, str | None, int],
    as_json: bool,
    words: Callable[[T], tuple[str, ...]],
) -> None:
    """Print entries; ``asked_for`` is the number, the agent (None: any) and the limit."""
    number, agent, limit = asked_for

    async def asking(store: Store) -> tuple[Sequence[T], dict[int, str]]:
        one = await store.read(subscribers.by_number, number) if number else None
        if number and one is None:
            raise click.ClickException(
                "no subscriber has this number: `firstline subscribers list`"
            )
        id = one.id if one else None
        found = await store.read(recent, limit, subscriber=id, agent=agent)
        known = [each.name for each in await store.read(agents.everyone)]
        if agent and not found and agent not in known:  # a removed agent has entries
            raise click.ClickException(f"there is no agent {agent}: {near(agent, known)}")
        return found, await store.read(_numbers, {each.subscriber for each in found})

    found, numbers = with_store(state, asking)
    if printed(found, as_json, "no entries match"):
        return
    for one in found:
        whom = "unknown"
        if one.subscriber is not None:
            whom = f"subscriber {one.subscriber} ({masked(numbers.get(one.subscriber, ''))})"
        line = (shown(one.at, state), one.agent, whom, *words(one))
        click.echo("  ".join(word for word in line if word))


def _numbers(db: Database, ids: Iterable[int | None]) -> dict[int, str]:
    """The numbers of subscribers that still exist."""
    people = (subscribers.by_id(db, id) for id in ids if id is not None)
    return {one.id: one.msisdn for one in people if one}


def _act(one: AgentAction) -> tuple[str, ...]:
    """The operation, its inputs, the identity level, the outcome and the reason."""
    inputs = " ".join(f"{name}={_hidden(value)}" for name, value in one.inputs.items())
    return (one.operation, inputs, one.identity, one.outcome or "open", one.reason)


def _hidden(value: str) -> str:
    """A value, masked if it may be a phone number."""
    return masked(value) if len(value) > 4 and value.lstrip("+").isdigit() else value
