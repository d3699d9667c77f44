"""`firstline hours`: when something is open, and orders against that."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import click

from ari_app.commands.runner import Commands
from ari_app.commands.store_access import by_option, moment, now, read, shown, until_option, write
from ari_app.commands.time_arguments import HELP, when
from ari_app.config.state import State
from ari_app.menus.schedules import schedules
from ari_app.store import forced_hours
from ari_app.store.forced_hours import Override, in_force
from ivr.hours.schedule import Forced, Hours, Schedule, gap_text, gaps, hours_at
from ivr.problems import near

ORDERS_SHOWN = 5
_WEEK = timedelta(days=7)


@click.group(cls=Commands)
def hours() -> None:
    """When something is open, and orders against that."""


@hours.command("list")
@click.pass_obj
def list_(state: State) -> None:
    """All schedules, and whether each is open now."""
    found = schedules(state.config())
    at = now(state)
    orders = read(state, forced_hours.unexpired, at) if state.database.exists() else {}
    for name, schedule in found.items():
        one = _at(schedule, at, orders.get(name, []))
        click.echo(f"{name}: {_said(one)} ({one.why})")
    if not found:
        click.echo("there is no schedule: write one into the directory of the menus")


@hours.command()
@click.argument("schedule")
@click.option("--at", "text", metavar="WHEN", help=HELP)
@click.pass_obj
def show(state: State, schedule: str, text: str | None) -> None:
    """Whether SCHEDULE is open, now or at a moment, why, and what follows in the next week."""
    one = _known(schedules(state.config()), schedule)
    try:
        at = when(text, now(state)) if text else now(state)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
    orders = read(state, forced_hours.log, schedule) if state.database.exists() else []
    said = _at(one, at, orders)
    local = at.astimezone(ZoneInfo(one.timezone))
    click.echo(f"{schedule} at {local:%Y-%m-%d %H:%M} ({one.timezone}): {_said(said)}")
    click.echo(f"  {said.why}")
    for change, then in _changes(one, at, said, orders):
        state_then = "open" if then.open else "closed"
        click.echo(f"  from {change:%a %Y-%m-%d %H:%M} {state_then} ({then.why})")
    for gap in gaps(one):
        click.echo(f"  every week {gap_text(gap)}")
    for order in orders[:ORDERS_SHOWN]:
        click.echo(f"  {shown(order.at, state)} {order.by}: {_ordered(order, state)}")


@hours.command()
@click.argument("schedule")
@click.argument("to", type=click.Choice(["open", "closed"]))
@until_option
@click.option("--why", default="", help="The reason, for your colleagues.")
@by_option
@click.pass_obj
def force(
    state: State, schedule: str, to: Literal["open", "closed"], text_until: str, why: str, by: str
) -> None:
    """Have SCHEDULE open or closed until a moment, whatever it says."""
    _known(schedules(state.config()), schedule)
    order = Forced(to, moment(state, text_until), by, why)
    write(state, forced_hours.force, schedule, order, now(state))
    click.echo(f"{schedule} is forced {to} until {shown(order.until, state)}")


@hours.command()
@click.argument("schedule")
@by_option
@click.pass_obj
def free(state: State, schedule: str, by: str) -> None:
    """Let SCHEDULE count again."""
    _known(schedules(state.config()), schedule)
    freed = write(state, forced_hours.free, schedule, by, now(state))
    click.echo(f"{schedule} counts again" if freed else f"nobody has forced {schedule}")


def _known(found: Mapping[str, Schedule], name: str) -> Schedule:
    if name not in found:
        raise click.ClickException(f"there is no schedule {name}: {near(name, found)}")
    return found[name]


def _at(schedule: Schedule, at: datetime, orders: list[Override]) -> Hours:
    return hours_at(schedule, at, ZoneInfo(schedule.timezone), in_force(orders, at))


def _changes(
    schedule: Schedule, at: datetime, said: Hours, orders: list[Override]
) -> Iterator[tuple[datetime, Hours]]:
    """The changes of the week that follows."""
    while said.until is not None and said.until <= at + _WEEK:
        change, said = said.until, _at(schedule, said.until, orders)
        yield change, said


def _said(one: Hours) -> str:
    return ("open" if one.open else "closed") + (
        f" until {one.until:%a %Y-%m-%d %H:%M}" if one.until else " for good"
    )


def _ordered(order: Override, state: State) -> str:
    one = order.forced
    if one is None:
        return "freed"
    why = f": {one.why}" if one.why else ""
    return f"forced {one.state} until {shown(one.until, state)}{why}"
