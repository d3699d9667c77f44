"""`firstline views` and `firstline acts`: who looked at whose data, and what agents did."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import click
from msgspec import json

from ari_app.commands.store_access import asked, shown
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import agent_actions as deeds
from ari_app.store import agents, subscribers
from ari_app.store import views as looks
from ari_app.store.agent_actions import AgentAction
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ivr.problems import near

F = TypeVar("F", bound=Callable[..., Any])


class _Entry(Protocol):
    """A line of an audit."""

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
        click.option("--json", "as_json", is_flag=True, help="For scripts: everything."),
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
    """Which agents looked at whose personal data, the newest first."""
    _audit(state, looks.recent, (number, agent, limit), as_json, lambda one: (one.what,))


@click.command()
@_options
@click.pass_obj
def acts(state: State, number: str | None, agent: str | None, limit: int, as_json: bool) -> None:
    """What agents did for subscribers, and what came of it, the newest first."""
    _audit(state, deeds.recent, (number, agent, limit), as_json, _act)


def _audit(
    state: State,
    recent: Callable[..., list[T]],
    asked_for: tuple[str | None, str | None, int],
    as_json: bool,
    words: Callable[[T], tuple[str, ...]],
) -> None:
    """Show the lines that were asked for: by number, by agent, and so many."""
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
        if agent and not found and agent not in known:  # of one who was removed there are lines
            raise click.ClickException(f"there is no agent {agent}: {near(agent, known)}")
        return found, await store.read(_numbers, {each.subscriber for each in found})

    found, numbers = asked(state, asking)
    if as_json:
        click.echo(json.format(json.encode(found), indent=2).decode())
        return
    for one in found:
        whom = "nobody we know"
        if one.subscriber is not None:
            whom = f"subscriber {one.subscriber} ({masked(numbers.get(one.subscriber, ''))})"
        line = (shown(one.at, state), one.agent, whom, *words(one))
        click.echo("  ".join(word for word in line if word))


def _numbers(db: Database, ids: Iterable[int | None]) -> dict[int, str]:
    """The numbers of subscribers; of who is no longer one there is none."""
    people = (subscribers.by_id(db, id) for id in ids if id is not None)
    return {one.id: one.msisdn for one in people if one}


def _act(one: AgentAction) -> tuple[str, ...]:
    """What was done, with what, how well the caller was known, and what came of it."""
    inputs = " ".join(f"{name}={_hidden(value)}" for name, value in one.inputs.items())
    return (one.operation, inputs, one.identity, one.outcome or "open", one.reason)


def _hidden(value: str) -> str:
    """A value that may be somebody's number, as lists show it."""
    return masked(value) if len(value) > 4 and value.lstrip("+").isdigit() else value
