"""What the board costs: `python -m tests.bench.board`.

A whole installation with 200 agents, all paused, and 300 callers who wait. CPU of the application
without a board, with one, and while callers come: app_queue, Asterisk and the desk's other work
are the same in all of them, so that the difference is the board's.
"""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import click
from msgspec import json

from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from tests.bench.desk import SETTINGS, call, cookie, people, prepare
from tests.bench.load import cpu
from tests.live.installation import Installation, installed


async def watch(http: aiohttp.ClientSession, url: str, name: str) -> None:
    """An open board: reads what comes."""
    headers = {"Origin": url, "Cookie": f"firstline-{url.rpartition(':')[2]}={name}"}
    async with http.ws_connect(f"{url}/board/wire", headers=headers, max_msg_size=0) as socket:
        async for _ in socket:
            pass


async def measured(one: Installation, agents: int, waiting: int, seconds: float) -> None:
    """Print the shares."""
    staff = people(agents)
    await prepare(one, staff)
    one.out("agents", "role", staff[0].name, "supervisor")
    for agent in staff:
        one.ordered(f"queue pause member Local/{agent.extension}@bench-rings/n queue bench")
    control = ControlClient(installation(one.state).control)
    application = (json.decode(await control.status())["pids"]["application"],)
    url = f"http://127.0.0.1:{one.ports.desk}"

    async def share(what: str) -> None:
        began = cpu(application)
        await asyncio.sleep(seconds)
        print(f"{what}: {100 * (cpu(application) - began) / seconds:.1f} % of a core")

    async def come() -> None:
        while True:
            await call(http, one, 0)
            await asyncio.sleep(1)

    async with aiohttp.ClientSession() as http:
        for number in range(waiting):
            await call(http, one, number)
        await asyncio.sleep(10)
        await share(f"{agents} agents, {waiting} waiting, no board")
        board = asyncio.create_task(watch(http, url, cookie(staff[0])))
        await asyncio.sleep(5)
        await share("a board is open")
        coming = asyncio.create_task(come())
        await share("and a caller comes each second")
        for task in (board, coming):
            task.cancel()
        await asyncio.gather(board, coming, return_exceptions=True)


@click.command(help=__doc__)
@click.option("--agents", default=200, show_default=True)
@click.option("--waiting", default=300, show_default=True)
@click.option("--seconds", default=20.0, show_default=True)
def main(agents: int, waiting: int, seconds: float) -> None:
    """See the module."""
    with TemporaryDirectory() as name, installed(Path(name) / "state", SETTINGS) as one:
        asyncio.run(measured(one, agents, waiting, seconds))


if __name__ == "__main__":
    main()
