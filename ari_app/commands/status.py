"""`firstline status`: what runs."""

import click
from rich.markup import escape
from rich.table import Table

from ari_app.admin.status import UNANSWERED, Status, query
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.output import Output
from ari_app.commands.runner import run_briefly
from ari_app.commands.store_access import exactly
from ari_app.commands.waiting_sentences import waiting_sentences
from ari_app.config.state import State
from ari_app.control.client import SOON, STARTING, NotRunningError
from ari_app.main.processes import recorded
from asterisk_conf.process import Process

DOWN = 3
"""The exit code when Firstline does not run: that of init scripts for a program that is stopped."""


@click.command()
@json_option(": everything, with passwords")
@click.pass_obj
def status(state: State, as_json: bool) -> None:
    """Show what runs, and the accounts of phones.

    Exit code 0 if callers are served, 1 if something that they need is not well, 3 if Firstline
    does not run.
    """
    try:
        report = run_briefly(query(state))
    except NotRunningError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(DOWN) from error
    stuck = None if report.running else recorded(state.process)
    if as_json:
        print_json(report)
    else:
        _show(report, stuck, state)
    if not report.well:
        raise click.exceptions.Exit(DOWN if not report.running and stuck is None else 1)


def _show_accounts(console: Output, report: Status) -> None:
    console.print("accounts for your phone (`firstline status --json` lists them all):")
    table = Table(box=None)
    for column in ("", "SIP user", "password", "name"):
        table.add_column(column, no_wrap=True)
    for one in report.subscribers[:3]:
        table.add_row("subscriber", one.sip_user, one.sip_password, one.name)
    for agent in report.agents:
        table.add_row("agent", agent.sip_user, agent.sip_password, agent.name)
    console.print(table)


def _show(report: Status, stuck: Process | None, state: State) -> None:
    """Print it; ``stuck`` is an application that runs, and does not answer."""
    console = Output(soft_wrap=True)
    if stuck is not None:
        console.print(
            f"[bold red]Firstline does not answer[/] (pid {stuck.pid}): see its log, then end it "
            "by `firstline down` and start it again"
            if state.control.exists()
            else f"[bold]{STARTING}[/] (pid {stuck.pid}): {SOON}"
        )
    elif not report.running:
        console.print("[bold]Firstline does not run[/]: start it with `firstline up`")
    else:
        _show_running(console, report)
    if report.database.problem:
        since = report.database.since
        when = f" since {exactly(since, state)}" if since else ""
        console.print(f"[bold red]the database fails{when}:[/] {escape(report.database.problem)}")
    calls = report.calls
    now = "" if stuck else f"{calls.now} now, "
    today = calls.today if report.database.answers else "it is not known how many"
    console.print(f"calls: {now}{today} today")
    console.print(f"phones register at {_registrar(report)}")
    for trunk in report.trunks:
        states = ", ".join(trunk.states) or "unknown"
        console.print(f"trunk {escape(trunk.name)} to {escape(trunk.address)}: {states}")
    _show_pages(console, report)
    console.print(f"numbers: {', '.join(report.numbers)}; state: {report.state_dir}")
    if report.subscribers or report.agents:
        _show_accounts(console, report)
    elif report.sip.host:
        none = "no one has a phone yet: `firstline agents add`"
        console.print(none if report.database.answers else UNANSWERED)


def _show_pages(console: Output, report: Status) -> None:
    """Print where pages are served."""
    if report.desk.url:
        names = " and ".join(report.desk.by_phone)
        known = f"; {names} sign in there with the passwords of their phones" if names else ""
        console.print(f"the desk is at {report.desk.url}{known}")
    if report.cabinet:
        console.print(f"the cabinet of subscribers is at {report.cabinet}")


def _show_running(console: Output, report: Status) -> None:
    """Print what runs, and what is not well."""
    over = f"connected over {report.ari.transport}, Asterisk {report.asterisk}"
    console.print(
        f"[bold]Firstline runs[/]; ARI {over if report.ari.connected else 'NOT connected'}"
    )
    processes = ", ".join(f"{name} {pid}" for name, pid in report.pids.items())
    console.print(f"processes: {processes}")
    menus = ", ".join(f"{flow} {version}" for flow, version in report.menus.flows.items())
    console.print(f"menus: {menus}")
    for line in waiting_sentences(report.waiting):
        console.print(escape(line))
    for check in report.checks:
        if not check.ok and not (check.name == "store" and report.database.problem):
            console.print(f"[bold red]{check.name}:[/] {escape(check.why)}")
    for problem in report.menus.refused:
        console.print(f"[bold red]menus rejected, the old ones stay in force:[/] {escape(problem)}")


def _registrar(report: Status) -> str:
    """Where phones register."""
    if not report.sip.host:
        return "the Asterisk that the settings name, with its own accounts"
    return f"{report.sip.host}:{report.sip.port} (UDP and TCP)"
