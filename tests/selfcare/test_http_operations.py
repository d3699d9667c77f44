"""Operations over HTTP against small servers with faults."""

import asyncio
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ari_app.selfcare.http.addresses import AddressRefused, Reach
from ari_app.selfcare.http.reply import NoReply
from ari_app.selfcare.http.transport import LARGEST, Certificate, Transport
from ivr.events import Answered
from ivr.http.request import Request
from ivr.http.signature import signature
from ivr.model import Operation
from ivr.reader import Reader
from ivr.values import Count, Moment, Money, Text, Values
from tests.deadlines import allowed
from tests.selfcare.http_server import HERE, asked_of, http_operations

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def operation(url: str, text: str) -> Operation:
    """An operation from its YAML, whose back end is at an address."""
    read = Reader("test.yaml", f"operation: test\nurl: {url}\n{text}").read()
    assert read.operation is not None, read.problems
    return signature(read.operation)


class BackEnd:
    """A server that answers in turn, the last one for ever; it counts what it was asked."""

    def __init__(self, *answers: web.Response | None) -> None:
        self.answers = list(answers)
        self.asked: list[web.Request] = []
        self.bodies: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """None of the answers: the connection is cut."""
        self.asked.append(request)
        self.bodies.append(await request.text())
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if found is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return web.Response(status=found.status, body=found.body, headers=found.headers)

    def server(self) -> TestServer:
        application = web.Application(client_max_size=1 << 22)
        application.router.add_route("*", "/{path:.*}", self.answer)
        return TestServer(application)


def ok(text: str = '{"x": 1}') -> web.Response:
    return web.Response(text=text, content_type="application/json")


async def run(
    back: BackEnd,
    text: str,
    inputs: Values | None = None,
    times: int = 1,
    now: Callable[[], datetime] = lambda: NOON,
    pause: float = 0.0,
    subscriber: int | None = 7,
) -> list[Answered]:
    """What an operation answers, run some times one after the other."""
    async with back.server() as server, http_operations(now) as selfcare:
        one = operation(str(server.make_url("/")), text)
        found = []
        for _ in range(times):
            asker = asked_of("c", subscriber)
            found.append(await selfcare.run("test", inputs or {}, asker, "c:1", {"test": one}))
            await asyncio.sleep(pause)
        return found


COUNT = "answers: { ok: { values: { x: { count: x } } } }\n"
ONE = Answered("ok", {"x": Count(1)})
DOWN = Answered("unavailable")


async def test_it_is_tried_again_with_the_same_key() -> None:
    back = BackEnd(None, web.Response(status=503), ok())
    text = "method: POST\nidempotency-key: X-Key\nattempts: 3\n" + COUNT
    assert await run(back, text) == [ONE]
    assert [one.headers["X-Key"] for one in back.asked] == ["c:1"] * 3


async def test_it_is_tried_once_if_nothing_else_is_said() -> None:
    back = BackEnd(None, ok())
    assert await run(back, "method: POST\n" + COUNT) == [DOWN]
    assert len(back.asked) == 1


async def test_a_status_that_is_declared_is_an_answer() -> None:
    back = BackEnd(web.Response(status=503))
    text = "attempts: 3\nanswers: { ok: {}, busy: { status: 5xx } }\n"
    assert await run(back, text) == [Answered("busy")]
    assert len(back.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=418),
        ok("no json"),
        ok('{"x": -1}'),
        ok('{"x": 1.5}'),
        ok('{"y": 1}'),
        ok('{"x": 1e400}'),
        ok("[" * 100_000),
        ok('"' + "x" * LARGEST + '"'),
        web.Response(status=302, headers={"Location": "http://169.254.169.254/"}),
    ],
)
async def test_an_answer_that_is_none_is_unavailable(answer: web.Response) -> None:
    back = BackEnd(answer)
    assert await run(back, COUNT) == [DOWN]
    assert len(back.asked) == 1


async def test_it_waits_no_longer_than_its_timeout() -> None:
    async def slow(request: web.Request) -> web.StreamResponse:  # noqa: ARG001 - of aiohttp
        await asyncio.sleep(60)
        return web.Response()

    back = BackEnd()
    back.answer = slow  # type: ignore[method-assign]
    assert await asyncio.wait_for(run(back, "timeout: 500ms\n" + COUNT), 30) == [DOWN]


async def test_what_costs_and_may_have_arrived_is_accepted() -> None:
    text = "method: POST\ncosts: yes\ncharge: price\ninputs: { price: money }\n"
    price: Values = {"price": Money(Decimal("1.50"))}
    text += 'body: { price: "{price}" }\nidempotency-key: X-Key\n' + COUNT
    back = BackEnd(None)
    assert await run(back, text, price) == [Answered("accepted")]
    assert back.bodies == ['{"price":1.50}']
    assert await run(BackEnd(web.Response(status=401)), text, price) == [DOWN], "it was refused"


async def test_what_is_kept_is_for_the_same_caller() -> None:
    """Though the request differs by a header alone."""
    back = BackEnd(ok('{"x": 1}'), ok('{"x": 2}'))
    text = 'cache: 1m\nheaders: { X-Subscriber: "{caller:subscriber}" }\n' + COUNT
    async with back.server() as server, http_operations(lambda: NOON) as selfcare:
        every = {"test": operation(str(server.make_url("/")), text)}
        said = [
            await selfcare.run("test", {}, asked_of("c", subscriber), "c:1", every)
            for subscriber in (7, 8, 7)
        ]
    assert [one.values["x"] for one in said] == [Count(1), Count(2), Count(1)]
    assert [one.headers["X-Subscriber"] for one in back.asked] == ["7", "8"]


async def test_what_costs_and_was_not_sent_is_unavailable() -> None:
    text = "method: POST\ncosts: yes\ncharge: price\ninputs: { price: money }\n"
    text += "idempotency-key: X-Key\n" + COUNT
    async with http_operations(NOON) as selfcare:
        one = operation("http://127.0.0.1:1/", text)
        asker, price = asked_of("c"), {"price": Money(Decimal(1))}
        assert await selfcare.run("test", price, asker, "c:1", {"test": one}) == DOWN


async def test_after_failures_it_is_left_alone() -> None:
    back = BackEnd(web.Response(status=500), web.Response(status=503), ok())
    assert await run(back, "failures: 2\npause: 60s\n" + COUNT, times=4) == [DOWN] * 4
    assert len(back.asked) == 2


async def test_after_a_pause_one_request_tries() -> None:
    back, pause = BackEnd(web.Response(status=500), ok()), round(allowed(0.1)) + 1
    found = await run(back, f"failures: 1\npause: {pause}s\n" + COUNT, times=3, pause=0.7 * pause)
    assert (found, len(back.asked)) == ([DOWN, DOWN, ONE], 2)


async def test_an_answer_serves_again_and_as_an_old_one() -> None:
    """For 30 s as it is, for 15 min when there is no other; each request has its own."""
    back = BackEnd(ok(), web.Response(status=500))
    at = [NOON]

    def now() -> datetime:
        return at[0]

    async with back.server() as server, http_operations(now) as selfcare:
        one = operation(str(server.make_url("/")), "cache: 30s\nold: 15m\nfailures: 9\n" + COUNT)

        async def after(seconds: int) -> Answered:
            at[0] = NOON + timedelta(seconds=seconds)
            return await selfcare.run("test", {}, asked_of("c"), "c:1", {"test": one})

        assert [await after(0), await after(29)] == [ONE, ONE]
        assert len(back.asked) == 1
        old = Answered("old", {"x": Count(1), "as_of": Moment(NOON, NOON.date())})
        assert await after(60) == old
        assert await after(16 * 60) == DOWN
    assert len(back.asked) == 3


async def test_another_declaration_does_not_take_what_was_kept() -> None:
    back = BackEnd(ok())
    async with back.server() as server, http_operations(NOON) as selfcare:
        for _ in range(2):  # the menus were reloaded
            one = operation(str(server.make_url("/")), "cache: 5m\n" + COUNT)
            assert await selfcare.run("test", {}, asked_of("c"), "c:1", {"test": one}) == ONE
    assert len(back.asked) == 2


async def test_without_a_subscriber_it_is_unknown() -> None:
    back = BackEnd(ok())
    text = 'query: { id: "{caller:subscriber}" }\n' + COUNT
    assert await run(back, text, subscriber=None) == [Answered("unknown")]
    assert back.asked == []


async def test_values_are_encoded_for_their_place() -> None:
    back = BackEnd(ok())
    text = 'inputs: { a: text }\nquery: { q: "{a}" }\nheaders: { X-Call: "{call:id}" }\n' + COUNT
    nasty = "a&b=c/../ d\r\nX: y"
    assert await run(back, text, {"a": Text(nasty)}) == [ONE]
    [asked] = back.asked
    assert asked.query == {"q": nasty}
    assert asked.headers["X-Call"] == "c"
    assert "X" not in asked.headers


@pytest.mark.parametrize(("place", "value"), [("/", ".."), ("/", ""), ("header", "a\nb")])
async def test_what_cannot_stand_there_is_not_sent(place: str, value: str) -> None:
    back = BackEnd(ok())
    async with back.server() as server, http_operations(NOON) as selfcare:
        where = "/{a}" if place == "/" else "/"
        header = 'headers: { X: "{a}" }\n' if place == "header" else ""
        url = str(server.make_url("/")).rstrip("/") + where
        one = operation(url, "inputs: { a: text }\n" + header + COUNT)
        asker = asked_of("c")
        assert await selfcare.run("test", {"a": Text(value)}, asker, "c:1", {"test": one}) == DOWN
    assert back.asked == []


REFUSED = (
    "127.0.0.1", "::1", "169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200",
    "0.0.0.0", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "224.0.0.1", "255.255.255.255",
)  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused_unless_they_are_listed(address: str) -> None:
    with pytest.raises(AddressRefused, match="addresses"):
        Reach().refuse_host(address)
    listed = address.removeprefix("::ffff:")
    Reach(networks=(ip_network(listed),)).refuse_host(address)


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.1", "203.0.113.9", "2001:db8::1"])
def test_ordinary_addresses_are_reached(address: str) -> None:
    Reach().refuse_host(address)


async def test_a_name_that_leads_here_is_refused_after_the_look_up() -> None:
    back = BackEnd(ok())
    async with back.server() as server:
        request = Request("GET", f"http://localhost:{server.port}/", {})
        async with Transport(Reach(), {}) as transport:
            with pytest.raises(NoReply, match="of this machine") as refused:
                await transport.send(request, "", 5)
        assert refused.value.final
        async with Transport(HERE, {}) as transport:
            assert (await transport.send(request, "", 5)).status == 200
        async with Transport(Reach(("shop.example.net", "*.crm.example.net")), {}) as transport:
            with pytest.raises(NoReply, match="add it to `hosts`"):
                await transport.send(request, "", 5)
    assert len(back.asked) == 1


Certificates = dict[str, tuple[Path, Path]]


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    """Certificates of us and of them, each with its key, that no one else trusts."""
    files = {name: (tmp_path / f"{name}.pem", tmp_path / f"{name}.key") for name in ("us", "them")}
    for name, (certificate, key) in files.items():
        make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        more = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
        more += ["-out", str(certificate), "-keyout", str(key)]
        subprocess.run([*make.split(), *more], check=True, capture_output=True)
    return files


async def test_both_sides_show_a_certificate(certificates: Certificates) -> None:
    """Each trusts the other's alone; without ours the back end does not speak with us."""
    files = certificates
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files["us"][0]))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(*files["them"])
    ca = str(files["them"][0])
    ours = Certificate(str(files["us"][0]), str(files["us"][1]), ca)
    back, known = BackEnd(ok()), {"shop": ours, "trusting": Certificate(ca=ca)}
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", back.answer)
    server = TestServer(application)
    await server.start_server(ssl=context)
    async with server, Transport(HERE, known) as transport:
        request = Request("GET", f"https://127.0.0.1:{server.port}/", {})
        assert (await transport.send(request, "shop", 5)).status == 200
        for other in ("", "trusting", "unknown"):
            with pytest.raises(NoReply):
                await transport.send(request, other, 5)
    assert len(back.asked) == 1
