"""`firstline webhooks`: what is sent to other systems."""

from datetime import UTC, datetime
from uuid import uuid4

import click
from msgspec import Raw

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import exactly, now, read, shown, with_store, write
from ari_app.commands.time_arguments import SINCE_HELP, since
from ari_app.config.state import FILE, State
from ari_app.store import webhooks as kept
from ari_app.store.db import Store
from ari_app.store.webhooks import Delivery, Event
from ivr.problems import near


@click.group(cls=Commands)
def webhooks() -> None:
    """Show webhooks, test one, and send events again."""


@webhooks.command("list")
@json_option()
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List webhooks: their events, what waits, and what failed."""
    found = read(state, kept.statuses)
    if printed(found, as_json, f"there are no webhooks: write [webhooks.NAME] into {FILE}"):
        return
    for one in found:
        since_ = f" since {shown(one.oldest, state)}" if one.oldest else ""
        click.echo(f"{one.endpoint}  {one.waiting} waiting{since_}, {one.failed} failed")
        click.echo(f"    {' '.join(one.events)}")


@webhooks.command()
@click.argument("name", required=False)
@click.option("--failed", is_flag=True, help="Only those that were given up.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@json_option(": everything, the data too")
@click.pass_obj
def events(state: State, name: str | None, failed: bool, limit: int, as_json: bool) -> None:
    """List the last events sent to webhook NAME, or to all, newest first."""
    found = read(state, kept.recent, limit, name, "failed" if failed else None)
    if printed(found, as_json, "no events match"):
        return
    for one in found:
        click.echo(
            f"{exactly(one.event.at, state)}  {one.endpoint}  {one.event.event}"
            f" ({one.event.about})  {_delivery(one, state)}"
        )


@webhooks.command()
@click.argument("name")
@click.option("--failed", is_flag=True, help="What was given up.")
@click.option("--since", "text_since", metavar="WHEN", help=f"All events since: {SINCE_HELP}")
@click.pass_obj
def replay(state: State, name: str, failed: bool, text_since: str | None) -> None:
    """Send events again to webhook NAME, with the same ids as before."""
    if failed == (text_since is not None):
        raise click.UsageError("write either --failed or --since WHEN")
    _check(state, name)
    at = datetime.now(UTC)
    if text_since is None:
        many = write(state, kept.replay_failed, name, at)
    else:
        try:
            begin = since(text_since, now(state))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--since") from error
        many = write(state, kept.replay, name, begin, at)
    click.echo(f"{many} events are sent again to {name}: `firstline webhooks list`")


@webhooks.command()
@click.argument("name")
@click.pass_obj
def test(state: State, name: str) -> None:
    """Send an event `test` to webhook NAME at once, and say what came of it."""
    from ari_app.messaging.event_webhook import EndpointKeys, EventWebhook  # loads aiohttp

    _check(state, name)
    settings = state.config().webhooks[name]
    if settings.format == "zammad":
        raise click.ClickException(
            "Zammad takes calls alone: make one, then see `firstline webhooks events`"
        )
    keys = EndpointKeys.of(state, name, settings)

    async def sending(store: Store) -> str:
        async with EventWebhook(store, name, settings, keys, lambda: datetime.now(UTC)) as one:
            at = datetime.now(UTC)
            return (await one.send(Event(0, uuid4().hex, "test", "test", at, Raw(b"{}"))))[0]

    if why := with_store(state, sending):
        raise click.ClickException(f"{name}: {why}")
    click.echo(f"{name} took it")


def _check(state: State, name: str) -> None:
    known = [each for each, one in state.config().webhooks.items() if one.url]
    if name not in known:
        raise click.ClickException(f"{FILE} has no [webhooks.{name}]: {near(name, known)}")


def _delivery(one: Delivery, state: State) -> str:
    """The state of a delivery, in words."""
    if one.state == "waiting" and one.attempts and one.next_at:
        return f"waiting for {exactly(one.next_at, state)} (attempt {one.attempts}: {one.error})"
    return f"failed ({one.error})" if one.state == "failed" else one.state
