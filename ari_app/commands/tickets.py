"""`firstline tickets`: open questions, their owners and due times."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import click

from ari_app.commands.as_json import json_option, print_json, printed
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import by_option, now, read, shown, write
from ari_app.commands.time_arguments import HELP, until
from ari_app.config.state import FILE, State
from ari_app.log import masked
from ari_app.store import tickets as kept
from ari_app.store.tickets import Entry, Ticket, TicketChange, TicketNotFound, TransitionNotAllowed
from ivr import tickets as policy
from ivr.tickets import STATES


@click.group(cls=Commands)
def tickets() -> None:
    """List, show and change tickets."""


@tickets.command("list")
@click.option("--late", is_flag=True, help="Only overdue ones.")
@click.option("--department", metavar="NAME", help="Only those of a department.")
@click.option("--owner", help='Only those of an agent; "" for those without an owner.')
@click.option("--all", "closed", is_flag=True, help="Include solved and closed ones.")
@json_option(": everything, whole numbers too")
@click.pass_obj
def list_(
    state: State,
    late: bool,
    department: str | None,
    owner: str | None,
    closed: bool,
    as_json: bool,
) -> None:
    """List open tickets, the earliest due first."""
    at = now(state)
    _check_department(state, department, stored=True)
    listed = partial(kept.listed, department=department, owner=owner, closed=closed)
    found = read(state, listed, late_at=at if late else None)
    if printed(found, as_json, "no tickets match"):
        return
    for one in found:
        click.echo(_line(one, state, at))


@tickets.command()
@click.argument("id", type=int)
@json_option(": everything, whole numbers too")
@click.pass_obj
def show(state: State, id: int, as_json: bool) -> None:
    """Show ticket ID and its history."""
    one, done = read(state, lambda db: (kept.by_id(db, id), kept.history(db, id)))
    if one is None:
        raise click.ClickException(f"there is no ticket {id}: `firstline tickets list`")
    if as_json:
        print_json({"ticket": one, "history": done})
        return
    click.echo(_line(one, state, now(state)))
    known = "unknown" if one.subscriber is None else f"subscriber {one.subscriber}"
    click.echo(f"caller: {one.number or 'no number'} ({known}), call {one.call or 'none'}")
    click.echo(f"question: {one.text}")
    for entry in done:
        click.echo(f"  {shown(entry.at, state)} {entry.by}: {_change_text(entry, state)}")


@tickets.command()
@click.argument("id", type=int)
@click.option("--to", "then", type=click.Choice(STATES), help="The new state.")
@click.option("--owner", help='The agent who works on it; "" for none.')
@click.option("--department", metavar="NAME", help="The department that works on it.")
@click.option("--due", "text_due", metavar="WHEN", help=f"When it is due: {HELP}")
@click.option("--note", default="", help="A note for the history.")
@by_option
@click.pass_obj
def change(
    state: State,
    id: int,
    then: policy.State | None,
    owner: str | None,
    department: str | None,
    text_due: str | None,
    note: str,
    by: str,
) -> None:
    """Change ticket ID. Options that are not given change nothing."""
    _check_department(state, department)
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


def _check_department(state: State, name: str | None, stored: bool = False) -> None:
    """Refuse a department that the site does not have; ``stored``: nor any ticket in the store."""
    known = list(state.config().tickets.departments)
    if name is None or name in known:
        return
    if stored:
        known += (one for one in read(state, kept.departments) if one not in known)
    if name not in known:
        raise click.BadParameter(
            f"there is no department {name}: write one of {', '.join(known)}, or add it to "
            f"[departments] of {FILE}",
            param_hint="--department",
        )


def _due(state: State, text: str | None) -> datetime | None:
    try:
        return None if text is None else until(text, now(state))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--due") from error


def _line(one: Ticket, state: State, at: datetime) -> str:
    status = one.state if one.closed else f"{one.state}, due {shown(one.due, state)}"
    words = [
        str(one.id),
        shown(one.created, state),
        masked(one.number),
        f"{one.department}: {one.topic}" if one.topic else one.department,
        one.owner or "no owner",
        f"{status}, late" if one.late(at) else status,
    ]
    return "  ".join(words)


def _change_text(entry: Entry, state: State) -> str:
    """A change in words."""
    what = dict(entry.what)
    if "due" in what:
        what["due"] = shown(datetime.fromisoformat(what["due"]), state)
    changes = ", ".join(f"{name} {value or 'none'}" for name, value in what.items())
    return "; ".join(part for part in (changes, entry.note) if part)
