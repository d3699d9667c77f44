"""`firstline agent`: the phone of a demo agent, for trying."""

import re
import wave
from contextlib import suppress
from pathlib import Path

import click

from ari_app.commands import agent_phone
from ari_app.commands.phone_extra import require_phone
from ari_app.commands.runner import run
from ari_app.config.state import State


class _Seconds(click.ParamType[float]):
    """A time, as ``2s``, ``0.5`` or ``1m30s``."""

    name = "TIME"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """See :class:`click.ParamType`."""
        found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", value)
        if not found or not value:
            self.fail(f"{value} is not a time: write 2s, 0.5s or 1m30s", param, ctx)
        return 60 * float(found[1] or 0) + float(found[2] or 0)


def _wav(_ctx: click.Context, _param: click.Parameter, file: Path | None) -> Path | None:
    """Check that a file is a readable WAV before the phone registers."""
    if file is not None:
        try:
            with file.open("rb") as raw:
                wave.open(raw).close()
        except (EOFError, wave.Error) as error:
            raise click.BadParameter(f"{file.name} is not a readable WAV file: {error}") from error
    return file


@click.command()
@click.option("--as", "who", metavar="AGENT", help="Login or extension [default: the first one].")
@click.option("--answer-after", type=_Seconds(), help="Answer after this time [default: never].")
@click.option("--hang-up-after", type=_Seconds(), help="Hang up this long after answering.")
@click.option(
    "--say",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    callback=_wav,
    help="Play this WAV file to the caller, from the start of each call.",
)
@click.option("--once", "one_call", is_flag=True, help="End after the first call, answered or not.")
@click.pass_obj
def agent(
    state: State,
    /,
    who: str | None,
    answer_after: float | None,
    hang_up_after: float | None,
    say: Path | None,
    one_call: bool,
) -> None:
    """Be the phone of a demo agent; print each call until Ctrl-C.

    It replaces any phone that is registered as this agent. Without options it only rings.
    TIME is like 2s, 0.5s or 1m30s.
    """
    require_phone("agent")
    plan = agent_phone.Plan(answer_after, hang_up_after, say, one_call)
    with suppress(KeyboardInterrupt):
        run(agent_phone.attend(state, who, plan, click.echo))
