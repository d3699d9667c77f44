"""The WebSocket of the phone in the browser: whose messages reach Asterisk, and when it closes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError, web
from msgspec import json

from ari_app.desk import messages as m
from ari_app.desk.phone.account import BrowserPhone, PhoneAccount
from ari_app.desk.phone.sip_frames import FrameRefused, checked
from ivr.secret import Secret
from tests.deadlines import within
from tests.desk.http_client import HttpClient, RunningDesk, close_code

PHONE = BrowserPhone("701", Secret("of the account"))


def sip(method: str = "REGISTER", *more: str, user: str = "701", to: str = "") -> str:
    lines = [
        f"{method} sip:firstline.invalid SIP/2.0",
        "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1",
        f"From: <sip:{user}@firstline.invalid>;tag=1",
        f"To: {to or f'<sip:{user}@firstline.invalid>'}",
        "Call-ID: 1",
        f"CSeq: 1 {method}",
        *more,
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def proof(secret: str, method: str = "REGISTER", user: str = "701") -> str:
    """As JsSIP writes it, which is not as Asterisk's own example."""
    first, second = (
        hashlib.md5(text.encode()).hexdigest()
        for text in (f"{user}:asterisk:{secret}", f"{method}:sip:firstline.invalid")
    )
    response = hashlib.md5(f"{first}:abc:00000001:cafe:auth:{second}".encode()).hexdigest()
    return (
        f'Authorization: Digest algorithm=MD5, username="{user}", realm="asterisk", nonce="abc", '
        f'uri="sip:firstline.invalid", response="{response}", opaque="o", qop=auth, '
        'cnonce="cafe", nc=00000001'
    )


def test_the_proof_of_a_browser_becomes_that_of_the_account() -> None:
    assert checked(sip("REGISTER", proof("of the tab")), PHONE, "of the tab") == sip(
        "REGISTER", proof("of the account")
    )


@pytest.mark.parametrize(
    "text",
    [
        sip("INVITE"),
        sip("BYE", user="x7fk2", to="<sip:1@x>;tag=2"),  # of a call that came: its own contact
        "SIP/2.0 200 OK\r\nTo: <sip:702@x>\r\n\r\nv=0\r\n",
        "\r\n\r\n",
    ],
)
def test_what_a_phone_sends_reaches_asterisk_as_it_is(text: str) -> None:
    assert checked(text, PHONE, "of the tab") == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (sip("INVITE", user="702"), "From is not 701"),
        (sip("REGISTER", user="702", to="<sip:702@x>;tag=2"), "From is not 701"),
        (sip("REGISTER", to="<sip:702@x>"), "registers another"),
        (sip("INVITE").replace("<sip:701@", '"<sip:701@x>" <sip:702@', 1), "From is not 701"),
        (sip("REGISTER", proof("of the account")), "secret is not that"),
        (sip("REGISTER", proof("of the tab", user="702")), "not 701 who proves"),
        (sip("INVITE", proof("of the tab")), "secret is not that"),  # of another method
        (sip("REGISTER", "Authorization: Basic Zm9v"), "not 701 who proves"),
        (sip("REGISTER", *[proof("of the tab")] * 2), "authorization twice"),
        (sip("INVITE", "f: <sip:702@x>"), "from twice"),
        (sip("INVITE", "Subject: x\r\n  <sip:702@x>"), "no header"),
        (sip("INVITE").replace("\r\n", "\n"), "lines do not end"),
        (sip("INVITE", "Subject: x\nFrom: <sip:702@x>"), "lines do not end"),
        (sip("SUBSCRIBE"), "SUBSCRIBE is no request"),
        ("GET / HTTP/1.1\r\n\r\n", "no SIP message"),
    ],
)
def test_what_no_phone_of_the_agent_sends_is_refused(text: str, why: str) -> None:
    with pytest.raises(FrameRefused, match=why):
        checked(text, PHONE, "of the tab")


class FakeAsterisk:
    """A WebSocket that keeps what it gets."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[str] = asyncio.Queue()
        self.sockets: list[web.WebSocketResponse] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self.sockets.append(socket)
        async for frame in socket:
            self.got.put_nowait(frame.data)
        self.got.put_nowait("closed")
        return socket


@pytest.fixture
async def asterisk(server: RunningDesk) -> AsyncIterator[FakeAsterisk]:
    fake, app = FakeAsterisk(), web.Application()
    app.add_routes([web.get("/ws", fake.serve)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    phones = server.harness.browser_phones
    phones.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ws"
    phones.accounts["anna"] = PHONE
    yield fake
    await runner.cleanup()


@asynccontextmanager
async def phone(client: HttpClient, **headers: str) -> AsyncIterator[ClientWebSocketResponse]:
    sent = {"Origin": client.server.url, **headers}
    async with client.session.ws_connect("/phone", headers=sent, protocols=["sip"]) as socket:
        yield socket


async def account(client: HttpClient) -> PhoneAccount | None:
    """What the page knows of its phone."""
    async with client.websocket() as socket:
        return json.decode(await socket.receive_str(), type=m.Hello).phone


async def test_a_phone_speaks_with_asterisk_by_the_secret_of_its_session(
    anna: HttpClient, asterisk: FakeAsterisk
) -> None:
    known = await account(anna)
    assert known
    assert (known.uri, known.user, known.socket) == ("sip:701@firstline.invalid", "701", "/phone")
    async with phone(anna) as socket, within(10):
        assert socket.protocol == "sip"
        await socket.send_str(sip("REGISTER", proof(known.secret)))
        assert await asterisk.got.get() == sip("REGISTER", proof("of the account"))
        await asterisk.sockets[0].send_str("SIP/2.0 200 OK\r\n\r\n")
        assert await socket.receive_str() == "SIP/2.0 200 OK\r\n\r\n"
    assert await asterisk.got.get() == "closed"


async def test_an_agent_with_a_sip_phone_has_none_in_the_browser(anna: HttpClient) -> None:
    assert await account(anna) is None
    async with phone(anna) as socket:
        assert await close_code(socket) == 4403


async def test_who_is_not_signed_in_or_comes_from_elsewhere_has_none(
    client: HttpClient, asterisk: FakeAsterisk
) -> None:
    async with phone(client) as socket:
        assert await close_code(socket) == 4401
    await client.sign_in()
    with pytest.raises(WSServerHandshakeError, match="403"):
        async with phone(client, Origin="http://elsewhere.example"):
            pass
    assert asterisk.sockets == []


@pytest.mark.usefixtures("asterisk")
async def test_a_phone_that_changed_or_whose_agent_signed_out_is_refused_at_once(
    server: RunningDesk, anna: HttpClient
) -> None:
    async with phone(anna) as socket:
        server.harness.browser_phones.accounts["anna"] = BrowserPhone("701", Secret("another"))
        await server.recheck_sessions()
        assert await close_code(socket) == 4403
    async with phone(anna) as socket:
        await anna.post("/sign-out", {"csrf": await anna.token()})
        assert await close_code(socket) == 4401


async def test_the_browser_that_registered_last_has_the_phone(
    server: RunningDesk, anna: HttpClient, asterisk: FakeAsterisk
) -> None:
    async with server.client() as elsewhere, phone(anna) as first:
        await elsewhere.sign_in()
        async with phone(elsewhere) as second, within(10):
            await second.send_str(sip())
            assert await close_code(first) == 4409
            assert await asterisk.got.get() == "closed"
            assert await asterisk.got.get() == sip()


def offer(call: str, method: str = "INVITE", tag: str = "") -> str:
    lines = [
        f"{method} sip:x7fk2@127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK2",
        "From: <sip:611@127.0.0.1>;tag=3",
        f"To: <sip:x7fk2@127.0.0.1>{tag}",
        f"Call-ID: {call}",
        "CSeq: 7 INVITE",
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


async def test_what_rings_in_a_browser_that_is_gone_is_refused_in_its_place(
    anna: HttpClient, asterisk: FakeAsterisk
) -> None:
    """But not what it answered, what its caller ended, or a change of a call."""
    async with phone(anna) as socket, within(10):
        await socket.send_str(sip())
        await asterisk.got.get()
        for text in (offer("a"), offer("b"), offer("c"), offer("d", tag=";tag=9")):
            await asterisk.sockets[0].send_str(text)
            await socket.receive_str()
        await asterisk.sockets[0].send_str(offer("c", "CANCEL"))
        await socket.receive_str()
        ringing, busy = "SIP/2.0 180 Ringing", "SIP/2.0 486 Busy Here"
        for status, call in ((ringing, "a"), (busy, "b")):
            await socket.send_str(f"{status}\r\nCall-ID: {call}\r\nCSeq: 7 INVITE\r\n\r\n")
            await asterisk.got.get()
    refused = await asterisk.got.get()
    assert refused.startswith("SIP/2.0 480 ")
    for line in offer("a").split("\r\n")[1:]:
        assert line in refused
    assert ";tag=gone\r\n" in refused
    assert await asterisk.got.get() == "closed"


@pytest.mark.usefixtures("asterisk")
async def test_a_message_that_no_phone_sends_closes_it(
    anna: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    for text in (sip(user="702"), "x" * 40_000):
        async with phone(anna) as socket:
            await socket.send_str(text)
            assert await close_code(socket) in (1008, 1009)
    assert "of the phone of anna is refused: its From is not 701" in caplog.text


async def test_without_asterisk_the_page_tries_again_later(
    server: RunningDesk, anna: HttpClient, asterisk: FakeAsterisk
) -> None:
    async with phone(anna) as socket:
        async with within(10):
            await socket.send_str(sip())
            await asterisk.got.get()
        await asterisk.sockets[0].close()
        assert await close_code(socket) == 1013
    server.harness.browser_phones.url = ""
    async with phone(anna) as socket:
        assert await close_code(socket) == 1013
