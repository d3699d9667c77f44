"""`firstline tasks`: what agents are to do, by when."""

from datetime import datetime
from uuid import uuid4

import click

from ari_app.commands.as_json import json_option, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, change, cut, now, read, shown, write
from ari_app.commands.time_arguments import HELP, until
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import agents, changes, subscribers
from ari_app.store import tasks as kept
from ari_app.store.sqlite import Database
from ari_app.store.tasks import NewTask
from ivr.number_advice import advice

LONGEST = 500
"""Letters of a task, as at the desk."""
MOST = 1000
"""Tasks that are listed."""


@click.group(cls=Commands)
def tasks() -> None:
    """List, add and close tasks of agents."""


@tasks.command("list")
@click.option("--owner", metavar="LOGIN", help='Only those of an agent; "" for those of anyone.')
@json_option(": everything, whole numbers too")
@click.pass_obj
def list_(state: State, owner: str | None, as_json: bool) -> None:
    """List open tasks, the soonest due first."""
    found = cut(read(state, kept.listed, owner, MOST + 1), MOST)
    if printed(found, as_json, "no tasks match"):
        return
    for one in found:
        about = ", ".join(filter(None, (one.name, masked(one.number) if one.number else "")))
        words = [str(one.id), f"due {shown(one.due, state)}", one.owner or "anyone", one.text]
        click.echo("  ".join([*words, *filter(None, [about, f"from {one.author}"])]))


@tasks.command()
@click.argument("text")
@click.option("--due", "text_due", metavar="WHEN", required=True, help=f"When it is due: {HELP}")
@click.option("--owner", metavar="LOGIN", default="", help="Whose it is [default: anyone's].")
@click.option("--number", metavar="NUMBER", default="", help="The number of whom it is about.")
@by_option
@click.pass_obj
def add(state: State, text: str, text_due: str, owner: str, number: str, by: str) -> None:
    """Add a task. The desk reminds of it when it is due."""
    text = " ".join(text.split())
    if not 0 < len(text) <= LONGEST:
        raise click.BadParameter(f"write 1 to {LONGEST} letters", param_hint="TEXT")
    try:
        due = until(text_due, now(state))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--due") from error
    plan = state.config().numbers
    digits = plan.msisdn(number) if number else ""
    if digits is None:
        raise click.BadParameter(advice(plan, number), param_hint="--number")
    made = change(state, by, "tasks add", text, owner)
    if not write(state, changes.made, made, _add, text, due, owner, digits, by, made.at):
        raise click.ClickException(f"there is no agent {owner}: `firstline agents list`")
    click.echo(f"the task is added, due {shown(due, state)}")


@tasks.command()
@click.argument("id", type=int)
@by_option
@click.pass_obj
def done(state: State, id: int, by: str) -> None:
    """Mark task ID as done."""
    made = change(state, by, "tasks done", id)
    if not write(state, changes.made, made, _done, id, by, made.at):
        raise click.ClickException(f"no task {id} is open: `firstline tasks list`")
    click.echo(f"task {id} is done")


def _add(
    db: Database, text: str, due: datetime, owner: str, number: str, by: str, at: datetime
) -> bool:
    if owner and agents.by_name(db, owner) is None:
        return False
    one = subscribers.by_number(db, number) if number else None
    new = NewTask(
        key=f"command:{uuid4().hex}",
        text=text,
        owner=owner,
        author=by,
        due=due,
        subscriber=one.id if one else None,
        number=number,
    )
    kept.add(db, new, at)
    return True


def _done(db: Database, id: int, by: str, at: datetime) -> bool:
    if kept.by_id(db, id) is None:
        return False
    kept.close(db, id, by, at)
    return True
