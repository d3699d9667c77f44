"""`firstline surveys`: what callers said of the conversations."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.store_access import now, read, read_since, shown
from ari_app.commands.time_arguments import SINCE_HELP
from ari_app.config.state import State
from ari_app.store import surveys as store
from ari_app.store.surveys import Survey

DEFAULT = timedelta(days=30)


@click.command()
@click.option(
    "--since",
    callback=read_since,
    metavar="WHEN",
    help=f"From this time on [default: 30d]: {SINCE_HELP}",
)
@click.option("--agent", default="", metavar="LOGIN", help="Only conversations with this agent.")
@click.option("--queue", default="", metavar="NAME", help="Only conversations from this queue.")
@click.option("--all", "each", is_flag=True, help="List each caller, too, oldest first.")
@json_option(": each caller, with the answers")
@click.pass_obj
def surveys(
    state: State, since: datetime | None, agent: str, queue: str, each: bool, as_json: bool
) -> None:
    """Show what callers said of conversations with agents.

    A mean is a percentage of the best answer: `yes`, or five of five.
    """
    until = now(state)
    found = read(state, store.between, since or until - DEFAULT, until, agent, queue)
    if as_json:
        print_json(found)
        return
    if each:
        for one in found:
            click.echo(_line(one, state))
    for line in _sums(found):
        click.echo(line)
    if not found:
        click.echo("no caller was asked in this time", err=True)


def _line(one: Survey, state: State) -> str:
    answers = [f"{name} {mark}/{best}" for name, (mark, best) in sorted(one.answers.items())]
    by_text = "by text" if one.way == "text" else ""
    words = (shown(one.at, state), one.call, one.agent, one.queue, one.topic, by_text)
    return "  ".join([*filter(None, words), ", ".join(answers) or "no answer"])


def _sums(found: Sequence[Survey]) -> Iterator[str]:
    """All together, then each agent."""
    yield f"all: {_sum(found)}"
    for agent in sorted({one.agent for one in found if one.agent}):
        yield f"{agent}: {_sum([one for one in found if one.agent == agent])}"


def _sum(found: Sequence[Survey]) -> str:
    answered = sum(bool(one.answers) for one in found)
    means = [f"{one.question} {one.mean:.0%} of {one.count}" for one in store.marks(found)]
    by_text = sum(one.way == "text" for one in found)
    asked = f"{len(found)} asked" + (f" ({by_text} by text)" if by_text else "")
    return ", ".join([asked, f"{answered} answered", *means])
