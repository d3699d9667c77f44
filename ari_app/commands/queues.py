"""`firstline queues`: waiting callers and agents."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta

import click
from msgspec import json

from ari_app.ami.queue_view import QueueView
from ari_app.commands.as_json import json_option
from ari_app.commands.groups import Commands, Lazy
from ari_app.commands.runner import run
from ari_app.config.state import State
from ari_app.control.client import ControlClient
from ari_app.log import masked
from ari_app.main import pbx_site
from ivr.acd.queues import Board, Caller, Member, Offer, Talk

AGAIN = 1.0
"""Seconds between two updates of `--watch`."""


@click.group(cls=Commands, invoke_without_command=True)
@click.option("--watch", is_flag=True, help="Update every second until Ctrl-C.")
@json_option(": everything, whole numbers too")
@click.pass_context
def queues(ctx: click.Context, watch: bool, as_json: bool) -> None:
    """Show waiting callers and agents of each queue."""
    if ctx.invoked_subcommand is not None:
        return
    state: State = ctx.obj
    with suppress(KeyboardInterrupt):
        run(_look(state, watch, as_json))


queues.lazy = {
    "figures": Lazy("queue_figures:figures_"),
    "reconcile": Lazy("queue_figures:reconcile"),
}


async def _look(state: State, watch: bool, as_json: bool) -> None:
    from rich.live import Live  # help needs no screen
    from rich.text import Text

    pauses = pbx_site.wrapups(state.config())
    with Live(auto_refresh=False) if watch and not as_json else nullcontext() as live:
        while True:
            answer = await ControlClient(state.control).queues()
            text = answer.decode()
            if not as_json:
                view = json.decode(answer, type=QueueView)
                text = "\n".join(lines(view, datetime.now(UTC), pauses))
            elif not watch:
                text = json.format(text, indent=2)
            if live:
                live.update(Text(text), refresh=True)
            else:
                click.echo(text)
            if not watch:
                return
            await asyncio.sleep(AGAIN)


def lines(view: QueueView, now: datetime, pauses: Mapping[str, int]) -> Iterator[str]:
    """The table; ``pauses`` are the wrap-ups of queues in seconds, where a member has none."""
    board = view.board
    if not view.current:
        yield "not connected to Asterisk's AMI: see the log" + (
            "; the last known state:" if board.queues else ""
        )
    for name, queue in sorted(board.queues.items()):
        agents = [queue.members[interface] for interface in sorted(queue.members)]
        doing = [_doing(board, name, agent, now, pauses.get(name, 0)) for agent in agents]
        free = sum(not does for does in doing)
        yield f"{name}: {len(queue.waiting)} waiting, {free} of {len(agents)} agents free"
        for place, caller in enumerate(queue.waiting, 1):
            yield f"  {place:>3}. {_who(caller):<30} {_long(now - caller.since):>8}"
        for agent, does in zip(agents, doing, strict=True):
            yield f"  {_plain(f'{agent.interface}  {agent.name}'):<35} {does or 'free'}"


def _doing(board: Board, queue: str, agent: Member, now: datetime, pause: int) -> str:
    """Why an agent gets no caller of a queue now, in words; "" if they are free."""

    def theirs(one: Offer | Talk) -> bool:
        return one.interface == agent.interface and one.queue in (queue, "")

    offer, talk = next(filter(theirs, board.offers), None), next(filter(theirs, board.talks), None)
    wrapup_end = agent.wrapup_until(pause)
    if talk:
        does = f"speaks with {_who(talk.caller)} for {_long(now - talk.since)}"
    elif offer:
        does = f"rings for {_who(offer.caller)} for {_long(now - offer.since)}"
    elif agent.state != "not in use":
        does = agent.state
    else:
        does = f"wraps up for {_long(wrapup_end - now)}" if wrapup_end and wrapup_end > now else ""
    paused = _plain(f"paused ({agent.reason})" if agent.reason else "paused") * agent.paused
    return ", ".join(filter(None, (does, paused)))


def _who(caller: Caller) -> str:
    return _plain(f"{masked(caller.number)} {caller.name}".strip())


def _plain(text: str) -> str:
    """Text from the network without terminal control characters."""
    return "".join(letter for letter in text if letter.isprintable())


def _long(time: timedelta) -> str:
    minutes, seconds = divmod(max(int(time.total_seconds()), 0), 60)
    return f"{minutes}:{seconds:02}"
