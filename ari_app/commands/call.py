"""`firstline call`: place a real SIP call."""

from pathlib import Path
from typing import Any

import click

from ari_app.commands.phone_extra import require_phone
from ari_app.commands.runner import run
from ari_app.config.state import State


@click.command()
@click.argument("number")
@click.option("--as", "caller", metavar="WHO", help="Number, its last digits, or a name.")
@click.option("--press", "keys", default="", help="Keys in turn; a comma waits for the prompts.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write what is heard to a WAV file.",
)
@click.option(
    "--stay",
    type=click.FloatRange(0, 300),
    help="Seconds on the line after the last key [default: until the screen ends].",
)
@click.option(
    "--cluster",
    "directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Through the proxy of the cluster that `firstline cluster demo` runs in DIRECTORY.",
)
@click.pass_obj
def call(state: State, /, caller: str | None, directory: Path | None, **plan: Any) -> None:
    """Place a SIP call: dial NUMBER, press keys, print events.

    With a phone of the demo's subscribers, or else of an agent.
    """
    keys = plan["keys"]
    if set(keys) - set("0123456789*#,"):
        raise click.BadParameter("keys are 0 to 9, *, # and the comma", param_hint="--press")
    from ari_app.commands import call_phone  # help needs no store

    require_phone("call")
    if directory is not None:
        from ari_app.commands.cluster import route

        run(call_phone.through(route(directory), caller, call_phone.Plan(**plan), click.echo))
        return
    run(call_phone.call(state, caller, call_phone.Plan(**plan), click.echo))
