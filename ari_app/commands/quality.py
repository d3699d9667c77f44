"""`firstline quality`: score cards, and the scores of conversations."""

from datetime import datetime, timedelta

import click

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import cut, now, read, read_since, shown
from ari_app.commands.time_arguments import SINCE_HELP
from ari_app.config.state import State
from ari_app.store import quality as store
from ivr.quality.score import Score

DEFAULT = timedelta(days=30)
MOST = 1000


@click.group(cls=Commands)
def quality() -> None:
    """Check score cards, and list scores of conversations."""


@quality.command()
@click.pass_obj
def check(state: State) -> None:
    """Check all score cards: each fault with its file and line. Exit code 1 if there is any."""
    from ari_app.main.score_cards import score_cards  # which loads the desk

    files = score_cards(state.config(), state)
    if not files.directory.is_dir():
        raise click.ClickException(
            f"there is no {files.directory}: make it, or name another as directory of [quality]"
        )
    cards, faults = files.cards()
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.exceptions.Exit(1)
    click.echo(f"{files.directory}: {len(cards)} score cards, no faults")


@quality.command("list")
@click.option(
    "--since",
    callback=read_since,
    metavar="WHEN",
    help=f"Given from this time on [default: 30d]: {SINCE_HELP}",
)
@click.option("--agent", default="", metavar="LOGIN", help="Only of this agent.")
@json_option(": each score with its card and answers")
@click.pass_obj
def list_(state: State, since: datetime | None, agent: str, as_json: bool) -> None:
    """List scores, the newest first, without those of calibrations."""
    until = now(state)
    begin = since or until - DEFAULT
    found = cut(read(state, store.recent, begin, until, MOST + 1, agent), MOST)
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(_line(one, state))
    if not found:
        click.echo("no conversation was scored in this time", err=True)


@quality.command()
@click.argument("id", type=int)
@json_option(": the score with its card and answers")
@click.pass_obj
def show(state: State, id: int, as_json: bool) -> None:
    """Show score ID with its answers."""
    one = read(state, store.by_id, id)
    if one is None:
        raise click.ClickException(f"there is no score {id}: `firstline quality list`")
    if as_json:
        print_json(one)
        return
    click.echo(_line(one, state))
    for question in one.card.questions:
        answer = one.answers[question.name]
        mark = "does not apply" if answer.mark is None else f"{answer.mark}/{question.marks[-1]}"
        click.echo(f"  {question.name}: {mark}{f' ({answer.note})' if answer.note else ''}")
    answered = one.agent if one.seen else f"{one.agent}, before the score was changed"
    for who, text in ((one.scorer, one.comment), (answered, one.reply)):
        if text:
            click.echo(f"{who}: {text}")


def _line(one: Score, state: State) -> str:
    share = "no question applies" if one.share is None else f"{one.share:.0%}"
    more = [*(["fatal"] if one.failed else []), *(["acknowledged"] if one.seen else [])]
    which = (str(one.id), shown(one.at, state), one.agent)
    return "  ".join([*which, share, one.card.name, f"by {one.scorer}", *more])
