"""`firstline hours`: opening hours and their overrides."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import click
from msgspec import to_builtins

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.groups import Commands
from ari_app.commands.store_access import (
    by_option,
    change,
    exists,
    moment,
    now,
    offset,
    read,
    shown,
    until_option,
    write,
)
from ari_app.commands.time_arguments import HELP, when
from ari_app.config.state import State
from ari_app.menus.schedules import schedules
from ari_app.store import changes, forced_hours
from ari_app.store.forced_hours import Override, in_force
from ivr.hours.schedule import Forced, Hours, Schedule, gap_text, gaps, hours_at
from ivr.problems import near

OVERRIDES_SHOWN = 5
_WEEK = timedelta(days=7)


@click.group(cls=Commands)
def hours() -> None:
    """Show opening hours and override them."""


@hours.command("list")
@json_option()
@click.pass_obj
def list_(state: State, as_json: bool) -> None:
    """List schedules and whether each is open now."""
    found = schedules(state.config())
    at = now(state)
    overrides = read(state, forced_hours.unexpired, at) if exists(state) else {}
    states = {name: _at(each, at, overrides.get(name, [])) for name, each in found.items()}
    if as_json:
        print_json([_fields(found[name], one) for name, one in states.items()])
        return
    for name, one in states.items():
        zone = f" {offset(one.until)}" if one.until else ""
        click.echo(f"{name}: {_state_text(one)}{zone} ({one.why})")
    if not found:
        click.echo("there is no schedule: write one into the directory of the menus")


@hours.command()
@click.argument("schedule")
@click.option("--at", "text", metavar="WHEN", help=HELP)
@json_option()
@click.pass_obj
def show(state: State, schedule: str, text: str | None, as_json: bool) -> None:
    """Show whether SCHEDULE is open, why, and its changes in the next week."""
    one = _known(schedules(state.config()), schedule)
    try:
        at = when(text, now(state)) if text else now(state)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from error
    overrides = read(state, forced_hours.log, schedule) if exists(state) else []
    state_at = _at(one, at, overrides)
    if as_json:
        found = _changes(one, at, state_at, overrides)
        later = [{"at": change, **to_builtins(then)} for change, then in found]
        print_json({**_fields(one, state_at), "at": at, "changes": later, "overrides": overrides})
        return
    local = at.astimezone(ZoneInfo(one.timezone))
    click.echo(f"{schedule} at {local:%Y-%m-%d %H:%M} ({one.timezone}): {_state_text(state_at)}")
    click.echo(f"  {state_at.why}")
    for at_change, then in _changes(one, at, state_at, overrides):
        state_then = "open" if then.open else "closed"
        click.echo(f"  from {at_change:%a %Y-%m-%d %H:%M} {state_then} ({then.why})")
    for gap in gaps(one):
        click.echo(f"  every week {gap_text(gap)}")
    for override in overrides[:OVERRIDES_SHOWN]:
        click.echo(
            f"  {shown(override.at, state)} {override.by}: {_override_text(override, state)}"
        )


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
    """Force SCHEDULE open or closed until a time."""
    _known(schedules(state.config()), schedule)
    override = Forced(to, moment(state, text_until), by, why)
    what: changes.What = "hours force open" if to == "open" else "hours force closed"
    forcing = change(state, by, what, schedule, why)
    write(state, changes.made, forcing, forced_hours.force, schedule, override, now(state))
    click.echo(f"{schedule} is forced {to} until {shown(override.until, state)}")


@hours.command()
@click.argument("schedule")
@by_option
@click.pass_obj
def free(state: State, schedule: str, by: str) -> None:
    """Lift the override of SCHEDULE."""
    _known(schedules(state.config()), schedule)
    freeing = change(state, by, "hours free", schedule)
    freed = write(state, changes.made, freeing, forced_hours.free, schedule, by, now(state))
    click.echo(f"{schedule} is in force again" if freed else f"{schedule} was not forced")


def _fields(schedule: Schedule, one: Hours) -> dict[str, object]:
    """Whether a schedule is open, as JSON."""
    return {"schedule": schedule.schedule, "timezone": schedule.timezone, **to_builtins(one)}


def _known(found: Mapping[str, Schedule], name: str) -> Schedule:
    if name not in found:
        raise click.ClickException(f"there is no schedule {name}: {near(name, found)}")
    return found[name]


def _at(schedule: Schedule, at: datetime, overrides: list[Override]) -> Hours:
    return hours_at(schedule, at, ZoneInfo(schedule.timezone), in_force(overrides, at))


def _changes(
    schedule: Schedule, at: datetime, state_at: Hours, overrides: list[Override]
) -> Iterator[tuple[datetime, Hours]]:
    """The changes of the following week."""
    while state_at.until is not None and state_at.until <= at + _WEEK:
        change, state_at = state_at.until, _at(schedule, state_at.until, overrides)
        yield change, state_at


def _state_text(one: Hours) -> str:
    return ("open" if one.open else "closed") + (
        f" until {one.until:%a %Y-%m-%d %H:%M}" if one.until else " for good"
    )


def _override_text(override: Override, state: State) -> str:
    one = override.forced
    if one is None:
        return "freed"
    why = f": {one.why}" if one.why else ""
    return f"forced {one.state} until {shown(one.until, state)}{why}"
