"""`firstline demo-billing`: a billing system for tests, with faults on demand."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from ari_app.commands.runner import run
from ari_app.config.state import ConfigError, State
from ivr.secret import Secret

if TYPE_CHECKING:  # help needs none of it
    from ari_app.selfcare.billing import Billing
    from ari_app.selfcare.memory import Ledger, MemoryBilling
    from ari_app.selfcare.tmf.fault_plan import Fault, FaultPlan

_FAULTS: "dict[Fault, str]" = {
    "fail": "… answered with 500, undone.",
    "busy": "… answered with 503, undone.",
    "drop": "… dropped without an answer, undone.",
    "lose": "… done and then dropped without an answer.",
    "garbage": "… done and answered by half.",
    "duplicate": "… that arrive twice at once.",
    "later": "… that, being orders, are acknowledged first and completed later.",
}


class _Slow(click.ParamType[tuple[float, float]]):
    """A share of requests and how long they take: ``0.5:3s``."""

    name = "SHARE:SECONDS"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """See :class:`click.ParamType`."""
        found = re.fullmatch(r"([01]|0?\.\d+):(\d+(?:\.\d+)?)s?", value)
        if not found:
            self.fail(f"{value} is not like 0.5:3s: half of the requests, 3 s each", param, ctx)
        return float(found[1]), float(found[2])


def _faulty(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each fault."""
    for name, help in reversed(_FAULTS.items()):
        share = click.FloatRange(0, 1)
        command = click.option(f"--{name}", type=share, metavar="SHARE", help=help)(command)
    return command


@click.command("demo-billing")
@click.option("--port", type=click.IntRange(0, 65535), default=8620, show_default=True)
@click.option("--slow", type=_Slow(), help="Delay this share of requests by these seconds.")
@_faulty
@click.option("--keep", is_flag=True, help="Store it in the database of the state directory.")
@click.option("--seed", type=int, default=0, help="Seed of the random faults.")
@click.option("--for", "seconds", type=click.FloatRange(0), help="End after this many seconds.")
@click.pass_obj
def demo_billing(
    state: State,
    /,
    port: int,
    slow: tuple[float, float] | None,
    keep: bool,
    seed: int,
    seconds: float | None,
    **shares: float | None,
) -> None:
    """Serve a billing system for tests, with the TM Forum Open APIs.

    It holds the demo operator's accounts, fresh at each start unless --keep. The options below
    inject faults into SHARE (0 to 1) of the requests.
    """
    from ari_app.selfcare.tmf.fault_plan import FaultPlan

    share, wait = slow or (0.0, 0.0)
    chances: dict[Fault, float] = {"slow": share}
    chances |= {fault: shares[fault] or 0.0 for fault in _FAULTS}
    if sum(chances.values()) > 1:
        raise click.UsageError("the shares of faults add up to more than 1")
    state.make()
    faults = FaultPlan(chances, seed, partial(asyncio.sleep, wait))

    async def serve() -> None:
        async with _billing(state, keep) as billing:
            await _serve(billing, state.keys().billing, faults, port, seconds)

    run(serve())


@asynccontextmanager
async def _billing(state: State, keep: bool) -> "AsyncIterator[MemoryBilling]":
    """The demo operator's billing, in memory alone or in the database."""
    from ari_app.main.demo import demo_billing as stored_billing
    from ari_app.main.demo import ledger, open_store
    from ari_app.selfcare.memory import MemoryBilling

    config = state.config()
    now = partial(datetime.now, ZoneInfo(config.site.timezone))

    async def fresh() -> "Ledger":
        return ledger(now())

    async with AsyncExitStack() as stack:
        if keep:
            store = await open_store(config, state)
            stack.push_async_callback(store.close)
            billing = await stored_billing(store, now)
        else:
            billing = MemoryBilling(fresh, now)
            await billing.refresh()
        stack.push_async_callback(billing.close)
        yield billing


async def _serve(
    billing: "Billing", token: Secret, faults: "FaultPlan", port: int, seconds: float | None
) -> None:
    from ari_app.selfcare.tmf.server import TmfServer

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with TmfServer(billing, faults, token).running(port) as back_end:
            click.echo(
                f"the demo operator's billing serves {back_end.url}\n"
                "To use it, write into firstline.toml, and restart Firstline:\n\n"
                f'[billing]\nkind = "tmforum"\nurl = "{back_end.url}"\n\n'
                f"To look at it: curl {back_end.url}/customerManagement/v4/customer/1\n"
                + ("It needs the token of secrets.toml.\n" if token.reveal() else "")
            )
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await stop.wait()
    except OSError as error:
        raise ConfigError(
            f"port {port} is unavailable ({error}): choose another with --port"
        ) from error
