"""The command line: `firstline --help`."""

import resource
from pathlib import Path
from typing import Any

import click

from ari_app import __version__, log
from ari_app.commands import call_phone as calling
from ari_app.commands.agent import agent
from ari_app.commands.agents import agents
from ari_app.commands.announce import announce
from ari_app.commands.audit import acts, views
from ari_app.commands.callbacks import callbacks
from ari_app.commands.calls import calls
from ari_app.commands.complaints import complaints
from ari_app.commands.demo_billing import demo_billing
from ari_app.commands.flows import flows
from ari_app.commands.hours import hours
from ari_app.commands.init import init
from ari_app.commands.messages import messages
from ari_app.commands.operations import operations
from ari_app.commands.orders import orders
from ari_app.commands.pbx import pbx
from ari_app.commands.prompts import prompts
from ari_app.commands.queues import queues
from ari_app.commands.retention import retention
from ari_app.commands.runner import Commands, console, run
from ari_app.commands.status import status
from ari_app.commands.subscribers import subscribers
from ari_app.commands.tickets import tickets
from ari_app.commands.ussd import ussd
from ari_app.config.state import State
from ari_app.main import daemon as bring
from ari_app.main.demo import installation


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".firstline"),
    envvar="FIRSTLINE_STATE",
    show_default=True,
    help="The directory of this installation.",
)
@click.version_option(__version__, prog_name="firstline")
@click.pass_context
def main(ctx: click.Context, state: Path) -> None:
    """The first line of a telecom operator: what answers when a subscriber dials 611."""
    ctx.obj = installation(state)
    # A core of ours, or of the Asterisk that we start, would hold what callers keyed.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


@main.command()
@click.option("--detach", is_flag=True, help="Return when all is ready, and leave it running.")
@click.option(
    "--port-offset",
    type=int,
    default=0,
    help="For a new installation: move all its ports, so that it runs beside another.",
)
@click.pass_obj
def up(state: State, detach: bool, port_offset: int) -> None:
    """Bring up Asterisk and the application; Ctrl-C stops both."""
    state.make()
    state.configure(port_offset)
    config = state.config()
    if detach:
        run(bring.detach(state, console()))
        tip = "`firstline call 611 --press 1`, or " if config.site.demo else ""
        click.echo(f"Firstline is ready: try {tip}`firstline status`")
        return
    log.configure(config.log.level)
    run(bring.up(config, state, console()))


@main.command()
@click.pass_obj
def down(state: State) -> None:
    """Stop all that `up` started in this state directory, and only that."""
    bring.down(state, click.echo)


@main.command()
@click.argument("number")
@click.option("--as", "caller", metavar="SUBSCRIBER", help="Number, its last digits, or a name.")
@click.option("--press", "keys", default="", help="Keys in turn; a comma hears the screen out.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write what is heard to a WAV file.",
)
@click.option(
    "--stay",
    type=click.FloatRange(0, 300),
    help="Seconds on the line after the last key [default: until all is told].",
)
@click.pass_obj
def call(state: State, /, caller: str | None, **plan: Any) -> None:
    """Place a real SIP call to NUMBER as a demo subscriber, and tell what happens."""
    keys = plan["keys"]
    if set(keys) - set("0123456789*#,"):
        raise click.BadParameter("keys are 0 to 9, *, # and the comma", param_hint="--press")
    run(calling.call(state, caller, calling.Plan(**plan), click.echo))


for group in (
    status, acts, agent, agents, announce, calls, callbacks, complaints, demo_billing, flows, hours,
    init, messages, operations, orders, pbx, prompts, queues, retention, subscribers, tickets, ussd,
    views,
):  # fmt: skip
    main.add_command(group)

if __name__ == "__main__":
    main(prog_name="firstline")
