"""A real Kamailio with what is rendered for it, between a trunk and pods that are played."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from ari_app.cluster.description import Cluster, Pod, Proxy
from ari_app.cluster.kamailio import CONFIGURATION, Places, files
from ari_app.cluster.private_kamailio import provided
from ari_app.config.database_settings import DatabaseSettings
from asterisk_conf.trunks import TrunkSettings
from tests.cluster.test_render import KAMAILIO
from tests.deadlines import within

pytestmark = pytest.mark.server

ASKED = 4
"""After so many OPTIONS a pod that is not taken for alive would get no calls."""
TRUNK, STRANGER, PROXY = "127.0.0.1", "127.0.0.9", "127.0.0.10"
_COPIED = re.compile(r"(?:Via|Record-Route|From|Call-ID|CSeq): .*\r\n")


class Side(asyncio.DatagramProtocol):
    """One who speaks SIP over UDP: a pod that answers ``codes`` by method, or a trunk."""

    def __init__(self, codes: dict[str, int]) -> None:
        self.codes = codes
        self.messages: list[str] = []
        self.news = asyncio.Event()
        self.transport: asyncio.DatagramTransport
        self.port = 0

    async def open(self, address: str) -> "Side":
        """Open a port at an address."""
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, (address, 0))
        self.port = self.transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, address: tuple[str | int, int]) -> None:
        text = data.decode()
        self.messages.append(text)
        self.news.set()
        code = self.codes.get(text.split()[0])
        if code is not None:
            copied = "".join(_COPIED.findall(text))
            answer = f"SIP/2.0 {code} Answer\r\n{copied}{_line(text, 'To')};tag=pod\r\n"
            contact = f"Contact: <{self.uri}>\r\nContent-Length: 0\r\n\r\n"
            self.transport.sendto((answer + contact).encode(), address)

    @property
    def uri(self) -> str:
        """Where it is reached."""
        address, port = self.transport.get_extra_info("sockname")
        return f"sip:{address}:{port}"

    def of(self, method: str) -> list[str]:
        """The requests of a method that came."""
        return [each for each in self.messages if each.startswith(f"{method} ")]


def _line(text: str, name: str) -> str:
    return text[text.index(f"{name}: ") :].split("\r\n")[0]


async def call(proxy: int, number: int, source: str = TRUNK) -> int:
    """The final answer to an INVITE."""
    return await ask(f"INVITE sip:611@{PROXY}:{proxy}", "", proxy, number, source)


async def end(proxy: int, number: int, target: Side, source: str) -> int:
    """The final answer to a BYE that the proxy is to relay to a target."""
    within_call = f";tag=pod\r\nRoute: <sip:{PROXY}:{proxy};lr>"
    return await ask(f"BYE {target.uri}", within_call, proxy, number, source)


async def ask(request: str, after_to: str, proxy: int, number: int, source: str) -> int:
    """The final answer to a request; a BYE follows its INVITE."""
    trunk = await Side({}).open(source)
    method = request.split()[0]
    text = (
        f"{request} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {source}:{trunk.port};branch=z9hG4bK{method}{number};rport\r\n"
        f"Max-Forwards: 9\r\nFrom: <sip:1@{source}>;tag=a\r\nTo: <sip:611@{PROXY}>{after_to}\r\n"
        f"Call-ID: call-{number}\r\nCSeq: {1 + bool(after_to)} {method}\r\n"
        f"Contact: <sip:1@{source}:{trunk.port}>\r\n"
        "X-Firstline-Identity: proven\r\nP-Asserted-Identity: <sip:2@example>\r\n"
        "Content-Length: 0\r\n\r\n"
    )
    trunk.transport.sendto(text.encode(), (PROXY, proxy))
    try:
        async with within(20.0):
            while True:
                await trunk.news.wait()
                trunk.news.clear()
                codes = [int(each.split()[1]) for each in trunk.messages]
                if codes[-1] >= 200:
                    return codes[-1]
    finally:
        trunk.transport.close()


@asynccontextmanager
async def proxied(directory: Path, pods: dict[str, Side]) -> AsyncIterator[int]:
    """A proxy before these pods, of which p3 is drained: its port."""
    for at, pod in enumerate(pods.values(), 1):
        await pod.open(f"127.0.0.1{at}")
    free = await Side({}).open(PROXY)
    free.transport.close()
    cluster = Cluster(
        database=DatabaseSettings(),
        pods={
            name: Pod(address=f"127.0.0.1{at}", drained=name == "p3")
            for at, name in enumerate(pods, 1)
        },
        proxies={"e1": Proxy(address=PROXY, port=free.port)},
    )
    kamailio = provided(KAMAILIO, print)
    places = Places(directory, directory, str(kamailio.modules), errors=True)
    sip = {name: pod.port for name, pod in pods.items()}
    trunks = {"switch": TrunkSettings(address=TRUNK)}
    for name, text in files(cluster, cluster.proxies["e1"], sip, trunks, places).items():
        (directory / name).write_text(text)
    with (directory / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *kamailio.command(directory / CONFIGURATION, directory),
            env=kamailio.environment,
            stderr=log,
        )
    try:
        async with within(30.0):
            for pod in (pods["p1"], pods["p2"]):
                while len(pod.of("OPTIONS")) < ASKED:
                    await pod.news.wait()
                    pod.news.clear()
        yield free.port
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        for pod in pods.values():
            pod.transport.close()


@pytest.mark.slow
async def test_calls_go_to_pods_that_are_alive_and_take_them(tmp_path: Path) -> None:
    alive = {
        "OPTIONS": 401,
        "INVITE": 200,
        "BYE": 200,
    }  # as an Asterisk, in which the proxy has no account
    pods = {name: Side(dict(alive)) for name in ("p1", "p2", "p3")}
    async with proxied(tmp_path, pods) as proxy:
        assert await call(proxy, 0, STRANGER) == 403
        assert not any(pod.of("INVITE") for pod in pods.values())

        assert [await call(proxy, number) for number in range(8)] == [200] * 8
        invites = pods["p1"].of("INVITE") + pods["p2"].of("INVITE")
        assert pods["p1"].of("INVITE")
        assert pods["p2"].of("INVITE")
        assert not pods["p3"].messages  # drained: neither called nor asked
        for each in invites:
            assert "X-Firstline" not in each
            assert "P-Asserted" not in each  # this trunk does not vouch for it
            assert "\r\nRecord-Route: " in each

        # Within a call a trunk reaches pods alone, and a pod reaches its trunk.
        other = await Side({"BYE": 200}).open(STRANGER)
        assert await end(proxy, 0, other, TRUNK) == 403
        assert await end(proxy, 0, pods["p1"], STRANGER) == 403
        assert await end(proxy, 0, pods["p1"], TRUNK) == 200
        assert "X-Firstline" not in pods["p1"].of("BYE")[0]
        assert "P-Asserted" not in pods["p1"].of("BYE")[0]
        assert not other.messages
        assert await end(proxy, 1, other, "127.0.0.11") == 200
        other.transport.close()

        pods["p1"].codes["INVITE"] = 503  # it has no room
        assert [await call(proxy, number) for number in range(10, 18)] == [200] * 8

        pods["p1"].codes.clear()  # it answers nothing any more
        assert [await call(proxy, number) for number in range(20, 28)] == [200] * 8
        lost = {_line(each, "Call-ID") for each in pods["p1"].of("INVITE") if "call-2" in each}
        assert len(lost) <= 1  # the first one that it got; OPTIONS may have been faster
        pods["p2"].codes.clear()
        assert await call(proxy, 30) >= 408
