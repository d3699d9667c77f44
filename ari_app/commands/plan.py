"""`firstline plan`: how many agents a day needs."""

from datetime import date, timedelta

import click
from msgspec.structs import replace

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.store_access import now, read
from ari_app.config.state import FILE, State
from ari_app.staffing import planning
from ari_app.staffing.planning import Planned, Wanted
from ivr.hours.week import clock
from ivr.problems import near
from ivr.staffing.plan import Line

PART = click.FloatRange(1, 99)


@click.command()
@click.option("--day", "text", metavar="DATE", help="YYYY-MM-DD [default: tomorrow].")
@click.option("--queue", default="", help="Only this queue [default: all of them as one].")
@click.option("--level", type=PART, help="Percent to be answered in time.")
@click.option("--within", type=click.FloatRange(0, 3600), help="Seconds that are in time.")
@click.option("--away", type=click.FloatRange(0, 89), help="Percent of a shift not in queues.")
@json_option(": everything")
@click.pass_obj
def plan(
    state: State,
    text: str | None,
    queue: str,
    level: float | None,
    within: float | None,
    away: float | None,
    as_json: bool,
) -> None:
    """Plan how many agents a day needs, by half hours, from the last weeks."""
    config, today = state.config(), now(state).date()
    if queue and queue not in planning.queues(config):
        raise click.BadParameter(near(queue, planning.queues(config)), param_hint="--queue")
    wanted = planning.usual(config, _day(text, today), queue)
    goal = wanted.goal
    if level is not None:
        goal = replace(goal, level=level / 100)
    if within is not None:
        goal = replace(goal, within=within)
    shrinkage = wanted.shrinkage if away is None else away / 100
    wanted = replace(wanted, goal=goal, shrinkage=shrinkage)
    came = read(state, planning.history, config, wanted, today)
    done = planning.planned(came, config, wanted)
    if as_json:
        print_json(done)
        return
    _show(done, wanted)


def _day(text: str | None, today: date) -> date:
    if text is None:
        return today + timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no day: write one such as {today}", param_hint="--day"
        ) from None


def _show(done: Planned, wanted: Wanted) -> None:
    made, goal = done.plan, wanted.goal
    of = wanted.queue or "all queues"
    click.echo(
        f"{made.day:%A %Y-%m-%d}, {of}: {goal.level:.0%} within {goal.within:g} s, "
        f"{wanted.shrinkage:.0%} of a shift away"
    )
    if not made.examples:
        click.echo("there is no day before it that it is like: nothing is expected")
        return
    click.echo(f"{'':5}  {'calls':>11}  {'each':>5}  {'C':>3}  {'A':>3}  shifts need")
    for line in made.lines:
        if line.expected.calls >= 0.05 or line.there:
            click.echo(_row(line, bool(done.shifts)))
    click.echo(
        f"{made.calls:.0f} calls from {len(made.examples)} days like it"
        + (f", usually {done.error:.0%} wrong by half hours" if done.error is not None else "")
    )
    patience = "unknown" if done.patience is None else f"{done.patience:.0f} s"
    click.echo(
        f"patience {patience}; {made.hours_needed:.1f} agents' hours are needed"
        + (f", {made.hours_there:.1f} are there" if done.shifts else "")
    )
    if made.level is not None:
        click.echo(f"with these shifts {made.level:.0%} of the calls are answered in time")
    if not done.shifts:
        click.echo(f"shifts are written as [shifts.NAME] in {FILE}")


def _row(line: Line, shifts: bool) -> str:
    expected = line.expected
    calls = f"{expected.calls:.1f} ±{expected.varies:.1f}"
    patient = "-" if line.patient is None else str(line.patient)
    row = (
        f"{clock(line.minute)}  {calls:>11}  {expected.handling:>4.0f}s"
        f"  {line.endless:>3}  {patient:>3}  {line.rostered:>11}"
    )
    if not shifts:
        return row
    level = "" if line.serve is None else f"  {line.serve.level:>4.0%}"
    lack = "  too few" if line.there < line.rostered else ""
    return f"{row}  {line.there:>5.1f} there{level}{lack}"
