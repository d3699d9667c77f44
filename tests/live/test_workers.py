"""Two workers share the calls of one Asterisk, a database and the desk: one is drained, the
database is away, and the one that leads is killed."""

import asyncio
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
)
from msgspec import json

from ari_app.phone.handset import Connected, Disconnected, Phone, PhoneError
from ari_app.store import calls
from ari_app.store.calls import Call
from ari_app.store.opening import open_reader
from ari_app.store.server import Server
from tests import postgres
from tests.deadlines import allowed, until, within
from tests.live.installation import Installation
from tests.operators import BELARUS
from tests.postgres import Postgres

pytestmark = pytest.mark.live

LEASE = 3.0
"""Seconds, as the settings have it."""


def worker(name: str, url: str) -> str:
    return f'[worker]\nname = "{name}"\nnames = ["1", "2"]\n[database]\nurl = "{url}"\n'


def recorded(server: Server) -> list[Call]:
    """All calls of the database."""
    with closing(open_reader(server, 5.0, BELARUS)) as db:
        return calls.recent(db, 100)


async def test_a_call_goes_on_with_another_worker(tmp_path: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="firstline-pg-") as directory,
        postgres.running(Path(directory)) as cluster,
    ):
        server = cluster.make("firstline")
        one = Installation(tmp_path / "one", f"[site]\ndemo = true\n{worker('1', server.url)}")
        file = one.state / "firstline.toml"
        whole = file.read_text()
        file.write_text(whole.partition("[worker]")[0])
        one.out("store", "copy", "--to", server.url)
        file.write_text(whole)
        asterisk = f'[ari]\nurl = "http://127.0.0.1:{one.ports.http}"\n[site]\ndemo = true\n'
        two = Installation(
            tmp_path / "two",
            f"{asterisk}{worker('2', server.url)}",
            environment={
                "FIRSTLINE_PORTS_AMI": str(one.ports.ami),
                "FIRSTLINE_PORTS_DESK": str(one.ports.desk),
            },
        )
        shutil.copy(one.state / "secrets.toml", two.state)
        try:
            one.up()
            two.up()
            await _calls_are_shared_and_go_on(one, two, server, cluster)
        finally:
            two.away()
            one.away()


async def _calls_are_shared_and_go_on(
    one: Installation, two: Installation, server: Server, cluster: Postgres
) -> None:
    first, second = one.subscriber(0), one.subscriber(1)
    clock = asyncio.get_running_loop().time
    await asyncio.to_thread(until, lambda: _leading(one), 20)
    leads = await asyncio.to_thread(_leading, one)
    its, other, follows = (one, two, "2") if leads == "1" else (two, one, "1")
    drained = await asyncio.to_thread(one.out, "cluster", "drain", follows)
    assert f"cluster undrain {follows}" in drained.splitlines()[-1]
    url = f"http://127.0.0.1:{one.ports.desk}"
    async with (
        Phone(first) as me,
        ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as browser,
    ):
        await _sign_in(browser, url, one.agent(0).password)
        await (await _tab(browser, url)).close()
        await me.dial("611")
        await me.wait(Connected)
        await asyncio.to_thread(until, lambda: _calls(its) == 1, 20)
        assert _calls(other) == 0, "it takes no new calls"
        cluster.hang()
        await me.press("1")
        await asyncio.sleep(LEASE + 1)
        await me.press("1")
        cluster.go_on()
        await asyncio.to_thread(until, lambda: _pressed(its, server), 20)
        assert "restart" not in its.out("calls", "show", recorded(server)[0].began.call)
        await asyncio.to_thread(until, lambda: _leading(one) == leads, 20)
        await asyncio.to_thread(its.kill)
        killed = clock()
        await asyncio.to_thread(until, lambda: _calls(other) == 1, 20)
        assert clock() - killed < allowed(6)
        async with within(6):
            await (await _tab(browser, url)).close()
        await asyncio.to_thread(one.out, "cluster", "undrain", follows)
        async with within(30):
            while not await asyncio.to_thread(_pressed, other, server, "2"):
                await me.press("2")  # a key of the moment in which it changes hands is lost
        await me.hangup()
        await me.wait(Disconnected)
    await asyncio.to_thread(until, lambda: _ended(server) == [True], 20)
    (call,) = recorded(server)
    assert call.ended is not None
    assert call.ended.ending != calls.LOST
    assert "restart" in other.out("calls", "show", call.began.call)
    async with Phone(second) as me:
        async with within(20):
            while True:  # until the worker has seen that it takes calls again
                try:
                    await me.dial("611")
                    await me.wait(Connected)
                except PhoneError:
                    continue
                break
        await asyncio.to_thread(until, lambda: _calls(other) == 1, 20)
        await me.hangup()
        await me.wait(Disconnected)
    await asyncio.to_thread(until, lambda: _ended(server) == [True, True], 20)


def _ended(server: Server) -> list[bool]:
    """Of each call that is recorded, whether it ended."""
    return [call.ended is not None for call in recorded(server)]


def _calls(one: Installation) -> int:
    return one.status().calls.now


def _pressed(one: Installation, server: Server, key: str = "1") -> bool:
    found = recorded(server)  # none, where the database hung before the call was recorded
    return bool(found) and f"key {key} " in one.out("calls", "show", found[0].began.call)


def _leading(one: Installation) -> str:
    """The worker that leads, of two that live; "" while none does."""
    report = json.decode(one.out("cluster", "status", "--json"))
    names = [each["name"] for each in report["workers"] if each["leads"]]
    assert len(names) < 2, names
    return "".join(names)


async def _sign_in(browser: ClientSession, url: str, password: str) -> None:
    form = {"name": "anna", "password": password}
    origin = {"Origin": url}
    done = await browser.post("/sign-in", data=form, headers=origin, allow_redirects=False)
    assert done.status == 303


async def _tab(browser: ClientSession, url: str) -> ClientWebSocketResponse:
    """A tab of who is signed in, as soon as a desk is there."""
    while True:
        try:
            socket = await browser.ws_connect("/wire", headers={"Origin": url})
        except ClientConnectionError:
            await asyncio.sleep(0.1)
            continue
        assert '"type":"hello"' in await socket.receive_str()
        return socket
