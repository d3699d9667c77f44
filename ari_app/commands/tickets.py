"""`firstline tickets`: what was not solved at once, and who is to do it by when."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import click
from msgspec import json

from ari_app.commands.runner import Commands
from ari_app.commands.store_access import by_option, now, read, shown, write
from ari_app.commands.time_arguments import HELP, until
from ari_app.config.state import State
from ari_app.log import masked
from ari_app.store import tickets as kept
from ari_app.store.tickets import Entry, Ticket, TicketChange, TicketNotFound, TransitionNotAllowed
from ivr import tickets as policy
from ivr.tickets import DEPARTMENTS, STATES, Department

_DEPARTMENT = click.Choice(DEPARTMENTS)


@click.group(cls=Commands)
def tickets() -> None:
    """Questions that were not solved at once."""


@tickets.command("list")
@click.option("--late", is_flag=True, help="Only those that should have been solved before.")
@click.option("--department", type=_DEPARTMENT, help="Only those of a department.")
@click.option("--owner", help='Only those of an agent; "" for those of nobody.')
@click.option("--all", "closed", is_flag=True, help="The solved and the closed ones, too.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: everything, whole numbers too.")
@click.pass_obj
def list_(
    state: State,
    late: bool,
    department: Department | None,
    owner: str | None,
    closed: bool,
    as_json: bool,
) -> None:
    """What must still be done, the soonest first."""
    at = now(state)
    asked = partial(kept.listed, department=department, owner=owner, closed=closed)
    found = read(state, asked, late_at=at if late else None)
    if as_json:
        click.echo(json.format(json.encode(found), indent=2).decode())
        return
    for one in found:
        click.echo(_line(one, state, at))


@tickets.command()
@click.argument("id", type=int)
@click.option("--json", "as_json", is_flag=True, help="For scripts: everything, whole numbers too.")
@click.pass_obj
def show(state: State, id: int, as_json: bool) -> None:
    """Ticket ID, and all that was done to it."""
    one, done = read(state, lambda db: (kept.by_id(db, id), kept.history(db, id)))
    if one is None:
        raise click.ClickException(f"there is no ticket {id}: `firstline tickets list`")
    if as_json:
        told = json.encode({"ticket": one, "history": done})
        click.echo(json.format(told, indent=2).decode())
        return
    click.echo(_line(one, state, now(state)))
    known = "unknown" if one.subscriber is None else f"subscriber {one.subscriber}"
    click.echo(f"caller: {one.number or 'no number'} ({known}), call {one.call or 'none'}")
    click.echo(f"question: {one.text}")
    for entry in done:
        click.echo(f"  {shown(entry.at, state)} {entry.by}: {_did(entry, state)}")


@tickets.command()
@click.argument("id", type=int)
@click.option("--to", "then", type=click.Choice(STATES), help="What it is from now on.")
@click.option("--owner", help='Who works on it; "" for nobody.')
@click.option("--department", type=_DEPARTMENT, help="Who is to do it.")
@click.option("--due", "text_due", metavar="WHEN", help=f"By when it is to be solved: {HELP}")
@click.option("--note", default="", help="What was done or is to be done.")
@by_option
@click.pass_obj
def change(
    state: State,
    id: int,
    then: policy.State | None,
    owner: str | None,
    department: Department | None,
    text_due: str | None,
    note: str,
    by: str,
) -> None:
    """Change ticket ID; what is not named stays as it is."""
    wanted = TicketChange(
        key=f"command:{uuid4().hex}",
        by=by,
        state=then,
        owner=owner,
        department=department,
        due=_due(state, text_due),
        note=note,
    )
    try:
        one = write(state, kept.change, id, wanted, datetime.now(UTC))
    except (TicketNotFound, TransitionNotAllowed) as error:
        raise click.ClickException(f"{error}: `firstline tickets list --all`") from error
    click.echo(_line(one, state, now(state)))


def _due(state: State, text: str | None) -> datetime | None:
    try:
        return None if text is None else until(text, now(state))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--due") from error


def _line(one: Ticket, state: State, at: datetime) -> str:
    became = one.state if one.closed else f"{one.state}, due {shown(one.due, state)}"
    words = [
        str(one.id),
        shown(one.created, state),
        masked(one.number),
        f"{one.department}: {one.topic}" if one.topic else one.department,
        one.owner or "nobody's",
        f"{became}, late" if one.late(at) else became,
    ]
    return "  ".join(words)


def _did(entry: Entry, state: State) -> str:
    """What was done, in words."""
    what = dict(entry.what)
    if "due" in what:
        what["due"] = shown(datetime.fromisoformat(what["due"]), state)
    said = ", ".join(f"{name} {value or 'nobody'}" for name, value in what.items())
    return "; ".join(part for part in (said, entry.note) if part)
