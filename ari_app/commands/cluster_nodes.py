"""`firstline cluster status`, `drain` and `undrain`: the workers that share the database."""

import asyncio
from datetime import UTC, datetime

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.output import Output
from ari_app.commands.store_access import shown, with_store
from ari_app.config.state import State
from ari_app.store import nodes
from ari_app.store.db import Store
from ari_app.store.nodes import ClusterState, LastNodeError, UnknownNodeError, WorkerState

LOOK = 1.0
"""Seconds between two looks at the calls of a node."""
HEARD = 5.0
"""Seconds after which a node has heard that it is drained: it looks every 1.5 s."""


@click.command()
@json_option()
@click.pass_obj
def status(state: State, as_json: bool) -> None:
    """Show the workers that share the database, who leads, and their calls.

    Exit code 1 if no one leads, or a worker is gone that was neither drained nor is awaited: the
    active queue node is for half a minute when it is restarted, and leads meanwhile.
    """
    now = datetime.now(UTC)
    found = with_store(state, lambda store: store.read(nodes.cluster_state, now))
    if as_json:
        print_json({"workers": found.workers, "backlog": found.backlog, "faults": found.faults})
    else:
        _show(found, state, now)
    if found.faults:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("node")
@click.option(
    "--within",
    type=click.FloatRange(0),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for its calls to end.",
)
@click.option("--force", is_flag=True, help="Also if no other worker would take new calls.")
@click.pass_obj
def drain(state: State, node: str, within: float, force: bool) -> None:
    """Have NODE take no new calls, and wait until its calls have ended.

    NODE is a worker or a pod. A pod answers new calls by 503, for which a proxy takes another one;
    calls of a worker go to the others of its Asterisk. It stays so, also after a restart, until
    `undrain`. Exit code 1 if calls are left after --within.
    """
    if left := with_store(state, lambda store: _drained(store, node, within, force)):
        raise click.ClickException(
            f"{node} takes no new calls, and has {left} still: the same command waits again"
        )
    click.echo(f"{node}: no calls; restart it, then `firstline cluster undrain {node}`")


@click.command()
@click.argument("node")
@click.pass_obj
def undrain(state: State, node: str) -> None:
    """Have NODE take new calls again."""
    if not with_store(state, lambda store: store.write(nodes.undrain, node)):
        raise click.ClickException(f"{node} is not drained: see `firstline cluster status`")
    click.echo(f"{node} takes new calls again, in 2 s")


async def _drained(store: Store, node: str, seconds: float, force: bool) -> int:
    """Drain a node; returns how many calls it has after ``seconds`` at most."""
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        await store.write(nodes.drain, node, datetime.now(UTC), force=force)
    except LastNodeError:
        raise click.ClickException(
            f"no worker would take new calls without {node}: undrain another one, or add --force"
        ) from None
    except UnknownNodeError:
        raise click.ClickException(
            f"no worker and no pod is named {node}: see `firstline cluster status`"
        ) from None
    said: int | None = None
    while True:
        calls = await store.read(nodes.calls_of, node)
        if calls != said:
            click.echo(f"{node} takes no new calls; calls left: {calls}")
        said, passed = calls, clock() - began
        if passed >= HEARD and (not calls or passed >= seconds):
            return calls
        await asyncio.sleep(LOOK)


def _show(found: ClusterState, state: State, now: datetime) -> None:
    from rich.table import Table  # help needs none of it

    table = Table(box=None, pad_edge=False)
    for column in ("worker", "pod", "", "calls", "since", "where"):
        table.add_column(column, justify="right" if column == "calls" else "left")
    for one in found.workers:
        table.add_row(
            one.name, one.pod, _said(one), str(one.calls), shown(one.since, state), one.place
        )
    Output(highlight=False).print(table)
    for kind, waiting in (("texts", found.backlog.texts), ("orders", found.backlog.orders)):
        if waiting.since:
            late = (now - waiting.since).total_seconds()
            click.echo(f"{kind}: {waiting.count} wait, the oldest for {late:.0f} s")
    for fault in found.faults:
        click.echo(fault, err=True)


def _said(one: WorkerState) -> str:
    state = {
        "late": f"late by {-one.left:.1f} s",
        "awaited": f"awaited for {one.left:.0f} s",
    }.get(one.state, one.state)
    marks = ("leads" if one.leads else "", "drained" if one.drained else "")
    return ", ".join(filter(None, (state, *marks)))
