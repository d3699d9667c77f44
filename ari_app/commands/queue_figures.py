"""`firstline queues figures` and `reconcile`: what was recorded of queues and agents."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec import Struct
from msgspec.structs import asdict
from rich.table import Table

from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.output import Output
from ari_app.commands.store_access import exactly, now, read, read_since
from ari_app.commands.time_arguments import SINCE_HELP
from ari_app.config.state import State
from ari_app.main.pbx_site import service_levels
from ari_app.statistics import reconciliation
from ari_app.statistics.completion import members
from ari_app.statistics.reconciliation import Reconciled
from ari_app.store import agent_states, agents, queue_calls
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from asterisk_conf.site import QueueSettings
from ivr.acd.figures import SECOND, Figures, Span, Stay, figures, occupancy, spent, together

RATIOS = (
    "service_level", "abandon_rate", "asa", "aht", "mean_talk", "mean_wrap", "mean_promise_error",
    "mean_pop",
)  # fmt: skip
"""The ratios of :class:`ivr.acd.figures.Figures` that are shown in JSON."""

WIDTH = 110
"""Characters of a line: the table is not cut where the terminal is narrower."""


class AgentFigures(Struct, frozen=True):
    """How long an agent was in each state, in microseconds, and with a reason of a pause."""

    agent: str
    answered: int
    states: dict[str, int]
    pauses: dict[str, int]
    occupancy: float | None


@click.command("figures")
@click.option("--since", callback=read_since, help=f"From then on: {SINCE_HELP} Default: today.")
@json_option(": spans are microseconds, ratios 0 to 1")
@click.pass_obj
def figures_(state: State, since: datetime | None, as_json: bool) -> None:
    """Show service level, waits and work of queues and agents."""
    end = now(state)
    begin = since or end.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    first, last = micros(begin), micros(end)
    stays = read(state, queue_calls.between, first, last)
    spans = read(state, agent_states.between, first, last)
    queues, by_agent = of_queues(stays, state), of_agents(stays, spans, first, last)
    if as_json:
        print_json({"since": begin, "until": end, "queues": _json(queues), "agents": by_agent})
        return
    console = Output(width=WIDTH)
    console.print(f"since {exactly(begin, state)}")
    console.print(_queue_table(queues))
    if by_agent:
        console.print(_agent_table(by_agent))


def of_queues(stays: Iterable[Stay], state: State) -> dict[str, Figures]:
    """The figures of each queue by name, and of all as ``""``."""
    levels = service_levels(state.config())
    default = QueueSettings().service_level
    parts: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        parts[stay.queue].append(stay)

    def in_time(queue: str) -> int:
        return levels.get(queue, default) * SECOND

    found = {name: figures(some, in_time) for name, some in sorted(parts.items())}
    return {**found, "": together(found.values())}


def of_agents(
    stays: Iterable[Stay], spans: Iterable[Span], since: int, until: int
) -> list[AgentFigures]:
    """What each agent did, by name."""
    answered = Counter(stay.agent for stay in stays if stay.how == "answered" and stay.agent)
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    pauses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (agent, name, reason), span in spent(spans, since, until).items():
        states[agent][name] += span
        if name == "paused":
            pauses[agent][reason] += span
    return [
        AgentFigures(one, answered[one], states[one], pauses[one], occupancy(states[one]))
        for one in sorted(answered.keys() | states.keys())
    ]


@click.command()
@click.option(
    "--since", callback=read_since, help=f"From then on: {SINCE_HELP} Default: yesterday."
)
@json_option()
@click.pass_obj
def reconcile(state: State, since: datetime | None, as_json: bool) -> None:
    """Show where the record of queues differs from Asterisk's own. Exit code 1: it does.

    Asterisk writes `queue_log` by itself; a CDR is read where `[statistics] cdr` names one. The
    running application compares each day in the following night.
    """
    end = now(state) - timedelta(minutes=1)
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    begin = since or (midnight - timedelta(hours=12)).replace(hour=0)
    done = read(state, _reconciled, state, begin, end)
    if as_json:
        print_json(done)
    else:
        _show(done, state)
    if done.differ:
        raise click.exceptions.Exit(1)


def _reconciled(db: Database, state: State, since: datetime, until: datetime) -> Reconciled:
    config = state.config()
    try:
        from ari_app.main.site_names import asterisk_records  # it loads the menus

        found = reconciliation.read(*asterisk_records(config, state), since, until)
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be read: {error.strerror}") from error
    staff = agents.everyone(db)
    names = [(one.full_name, one.name) for one in staff]
    phones = [(f"PJSIP/{one.sip_user}", one.name) for one in staff]
    agent = members([*names, *phones])
    return reconciliation.reconciled(db, datetime.now(UTC), since, until, *found, agent)


def _show(done: Reconciled, state: State) -> None:
    zone = ZoneInfo(state.config().site.timezone)
    times = (f"{moment(at).astimezone(zone):%Y-%m-%d %H:%M}" for at in (done.since, done.until))
    logged = "there is none" if done.logged is None else str(done.logged)
    billed = "" if done.billed is None else f", in CDRs {done.billed}"
    click.echo(
        f"{' to '.join(times)}: {done.stays} stays recorded, in Asterisk's queue_log {logged}"
        f"{billed}; {done.differ or 'no'} difference{'s' * (done.differ != 1)}"
    )
    for one in done.differences:
        at = exactly(moment(one.joined), state) if one.joined else ""
        click.echo("  ".join(filter(None, (at, one.queue, one.channel, one.what))))


def _json(queues: dict[str, Figures]) -> dict[str, dict[str, Any]]:
    return {
        name or "all": asdict(one) | {ratio: getattr(one, ratio) for ratio in RATIOS}
        for name, one in queues.items()
    }


def _queue_table(queues: dict[str, Figures]) -> Table:
    table = Table(box=None)
    for column in (
        *("queue", "joined", "answered", "in time", "abandoned", "short", "otherwise", "waiting"),
        *("ASA", "longest", "AHT"),
    ):
        table.add_column(column, justify="left" if column == "queue" else "right", no_wrap=True)
    for name, one in queues.items():
        counted = one.answered + one.abandoned + one.short + one.waiting
        table.add_row(
            name or "all",
            *(str(one.joined), str(one.answered), _percent(one.service_level)),
            *(str(one.abandoned), str(one.short), str(one.joined - counted), str(one.waiting)),
            *(_long(one.asa), _long(one.longest), _long(one.aht)),
        )
    return table


def _agent_table(found: Iterable[AgentFigures]) -> Table:
    table = Table(box=None)
    for column in ("agent", "answered", "ready", "talking", "wrap-up", "paused", "occupancy"):
        table.add_column(column, justify="left" if column == "agent" else "right", no_wrap=True)
    for one in found:
        spans = (one.states.get(name, 0) for name in ("ready", "talking", "wrap-up", "paused"))
        table.add_row(one.agent, str(one.answered), *map(_long, spans), _percent(one.occupancy))
    return table


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"


def _long(span: float | None) -> str:
    """A span as minutes and seconds, or hours and minutes."""
    if span is None:
        return "-"
    minutes, seconds = divmod(round(span / SECOND), 60)
    return f"{minutes}:{seconds:02}" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"
