"""Two workers share the calls of one Asterisk and a database, and one of them is killed."""

import asyncio
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Phone
from ari_app.store import calls
from ari_app.store.calls import Call
from ari_app.store.opening import open_reader
from ari_app.store.server import Server
from tests import postgres
from tests.deadlines import allowed, until, within
from tests.live.installation import Installation
from tests.operators import BELARUS

pytestmark = pytest.mark.live


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
            environment={"FIRSTLINE_PORTS_AMI": str(one.ports.ami)},
        )
        shutil.copy(one.state / "secrets.toml", two.state)
        try:
            one.up()
            two.up()
            await _calls_are_shared_and_go_on(one, two, server)
        finally:
            two.away()
            one.away()


async def _calls_are_shared_and_go_on(one: Installation, two: Installation, server: Server) -> None:
    first, second = one.subscriber(0), one.subscriber(1)
    async with Phone(first) as me:
        await me.dial("611")
        await me.wait(Connected)
        await asyncio.to_thread(until, lambda: _calls(one) + _calls(two) == 1, 20)
        its, other = (one, two) if _calls(one) else (two, one)
        await asyncio.to_thread(its.kill)
        clock = asyncio.get_running_loop().time
        killed = clock()
        await asyncio.to_thread(until, lambda: _calls(other) == 1, 20)
        assert clock() - killed < allowed(6)
        async with within(30):
            while not await asyncio.to_thread(_pressed, other, server):
                await me.press("1")  # a key of the moment in which it changes hands is lost
        await me.hangup()
        await me.wait(Disconnected)
    await asyncio.to_thread(until, lambda: all(call.ended for call in recorded(server)), 20)
    (call,) = recorded(server)
    assert call.ended is not None
    assert call.ended.ending != calls.LOST
    assert "restart" in other.out("calls", "show", call.began.call)
    async with Phone(second) as me:
        await me.dial("611")
        await me.wait(Connected)
        await asyncio.to_thread(until, lambda: _calls(other) == 1, 20)
        await me.hangup()
        await me.wait(Disconnected)
    await asyncio.to_thread(until, lambda: all(call.ended for call in recorded(server)), 20)
    assert len(recorded(server)) == 2


def _calls(one: Installation) -> int:
    return one.status().calls.now


def _pressed(one: Installation, server: Server) -> bool:
    return "key 1 " in one.out("calls", "show", recorded(server)[0].began.call)
