"""The desk's HTTP security: sign-in, Host, Origin, CSRF, cookies, sessions."""

import asyncio

import pytest
from aiohttp import WSServerHandshakeError
from msgspec import json
from yarl import URL

from ari_app.desk.web import sign_in
from ari_app.desk.web.http_security import SIGN_IN_REQUIRED
from ari_app.desk.web.sessions import GRACE, IDLE, ROTATE
from ari_app.pages.server import ServerSettings
from ari_app.rate_limit import Rate
from tests.desk.http_client import PASSWORD, HttpClient, RunningDesk, close_code, running_desk

# Who comes in.


async def test_pages_and_websocket_need_a_session(client: HttpClient) -> None:
    answer = await client.get("/")
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
    async with client.websocket() as socket:
        assert await close_code(socket) == SIGN_IN_REQUIRED
    answer = await client.sign_in()
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "data-csrf" in await (await client.get("/")).text()
    assert (await client.get("/sign-in")).headers["Location"] == "/"
    async with client.websocket() as socket:
        assert json.decode(await socket.receive_str())["type"] == "hello"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", ""),
        ("anna", PASSWORD[:-1]),
        ("", PASSWORD),
        ("vera", PASSWORD),
        ("anna\0", PASSWORD),
    ],
)
async def test_a_wrong_login_looks_like_a_wrong_password(
    client: HttpClient, name: str, password: str
) -> None:
    answer = await client.sign_in(name, password)
    assert answer.status == 403
    assert "Логин или пароль неверны" in await answer.text()
    assert "Set-Cookie" not in answer.headers
    assert (await client.get("/")).status == 303


async def test_logins_ignore_case_and_surrounding_spaces(client: HttpClient) -> None:
    assert (await client.sign_in(" Anna ")).status == 303


async def test_unknown_logins_are_not_logged(
    client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be a password, typed into the wrong field."""
    await client.sign_in(PASSWORD)
    await client.sign_in("anna", "wrong")
    assert PASSWORD not in caplog.text
    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == [
        "sign-in failed: wrong password for an unknown login from 127.0.0.1",
        "sign-in failed: wrong password for anna from 127.0.0.1",
    ]


async def test_typed_text_is_escaped(client: HttpClient) -> None:
    answer = await client.sign_in("<script>alert(1)</script>")
    text = await answer.text()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    await client.sign_in()
    page = await (await client.get("/")).text()
    assert "Анна &lt;script&gt;Ветрова" in page
    assert "<script>" not in page


async def test_a_login_of_10_kb_is_rejected(client: HttpClient) -> None:
    answer = await client.sign_in("я" * 5_000)
    assert answer.status == 403
    assert len(await answer.text()) < 3_000
    assert client.server.accounts.checks == ["я" * sign_in.LONGEST_NAME]


async def test_the_code_of_a_second_factor(client: HttpClient) -> None:
    form = {"name": "anna", "password": PASSWORD, "code": "123 456" + "9" * 50}
    assert (await client.post("/sign-in", form)).status == 303
    assert client.server.accounts.codes == [form["code"][: sign_in.LONGEST_CODE]]
    client.forget()
    answer = await client.sign_in("gleb")
    assert answer.status == 403
    assert "нужен второй фактор" in await answer.text()


async def test_sign_in_while_accounts_are_busy(client: HttpClient) -> None:
    client.server.accounts.busy = True
    answer = await client.sign_in()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_signing_in_ends_the_browsers_previous_session(anna: HttpClient) -> None:
    async with anna.websocket() as hers:
        await hers.receive_str()
        assert (await anna.sign_in("boris")).status == 303
        await close_code(hers)
    assert [one.agent for one in anna.server.sessions.stored.values()] == ["boris"]


# Other pages, and other names.


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://127.0.0.1", "https://{}", "http://{}.x"]
)
async def test_foreign_origins_are_rejected(anna: HttpClient, origin: str) -> None:
    """Not with the right cookie and the right token, neither by a form nor by a WebSocket."""
    forged = origin.format(URL(anna.server.url).authority)
    token = await anna.token()
    answer = await anna.post("/sign-out", {"csrf": token}, Origin=forged)
    assert answer.status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        async with anna.websocket(Origin=forged):
            pass
    assert (await anna.get("/")).status == 200
    answer = await anna.post("/sign-in", {"name": "boris", "password": PASSWORD}, Origin=forged)
    assert answer.status == 403


async def test_requests_without_origin_are_rejected(anna: HttpClient) -> None:
    answer = await anna.session.post("/sign-out", data={"csrf": await anna.token()})
    assert answer.status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        await anna.session.ws_connect("/wire")


async def test_forms_need_the_csrf_token_of_their_session(
    server: RunningDesk, anna: HttpClient
) -> None:
    async with server.client() as other:
        await other.sign_in("boris")
        foreign = await other.token()
    token = await anna.token()
    for form in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": token[:-1]}, {"csrf": "ё"}):
        assert (await anna.post("/sign-out", form)).status == 403
    assert (await anna.post("/sign-out", {}, X_CSRF=foreign)).status == 403
    raw = (
        f"Origin: {server.url}\r\nCookie: firstline-0={anna.cookie}\r\nX-CSRF: ".encode() + b"\xff"
    )
    assert await server.raw(b"POST /sign-out HTTP/1.1", raw, b"Content-Length: 0") == 403
    assert (await anna.get("/")).status == 200
    assert (await anna.post("/sign-out", {}, X_CSRF=token)).status == 303


async def test_unknown_hosts_are_rejected(server: RunningDesk, client: HttpClient) -> None:
    for host in ("evil.example", "127.0.0.1", f"evil.example:{server.port}", ""):
        answer = await client.get("/sign-in", Host=host)
        assert answer.status == 421
        assert "names" in await answer.text()
    assert (await client.get("/sign-in", Host=f"localhost:{server.port}")).status == 200
    assert (await client.get("/sign-in", Host=f"[::1]:{server.port}")).status == 200


async def test_https_and_host_behind_a_proxy() -> None:
    where = ServerSettings("127.0.0.1", 0, ("desk.example",), https=True)
    async with running_desk(where) as server, server.client() as client:
        form = {"name": "anna", "password": PASSWORD}
        host, origin = "desk.example", "https://desk.example"
        answer = await client.post("/sign-in", form, Host=host, Origin=origin)
        assert answer.status == 303
        set_cookie = answer.headers["Set-Cookie"].split("; ")
        assert set_cookie[0].startswith("__Host-firstline-")
        assert {*set_cookie[1:]} == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}
        assert "max-age=" in answer.headers["Strict-Transport-Security"]
        origin = "http://desk.example"
        assert (await client.post("/sign-in", form, Host=host, Origin=origin)).status == 403


# The cookie, and the end of it.


async def test_the_cookie_is_httponly_and_same_site(client: HttpClient) -> None:
    set_cookie = (await client.sign_in()).headers["Set-Cookie"].split("; ")
    assert {*set_cookie[1:]} == {"HttpOnly", "Path=/", "SameSite=Strict"}
    assert len(set_cookie[0].partition("=")[2]) >= 43, "32 random bytes"


async def test_the_cookie_rotates_with_a_grace_period(anna: HttpClient) -> None:
    old = anna.cookie
    anna.server.harness.now += ROTATE
    assert (await anna.get("/nowhere")).status == 404, "also a page that is not there brings it"
    assert (new := anna.cookie) != old
    assert (await anna.get("/")).status == 200, "from now on the one before is on its way"
    anna.server.harness.now += GRACE / 2
    anna.forget()
    assert (await anna.get("/", Cookie=f"firstline-0={old}")).status == 200
    anna.server.harness.now += GRACE / 2
    assert (await anna.get("/", Cookie=f"firstline-0={old}")).status == 303
    assert (await anna.get("/", Cookie=f"firstline-0={new}")).status == 200


@pytest.mark.parametrize(
    "cookie", [b"", b"x", b"\xff", b"a" * 5000, b'"', b"firstline-0", b"\\377"]
)
async def test_unknown_cookies_are_rejected(server: RunningDesk, cookie: bytes) -> None:
    assert await server.raw(b"GET / HTTP/1.1", b"Cookie: firstline-0=" + cookie) == 303


async def test_signing_out_closes_all_tabs_of_the_browser(
    server: RunningDesk, anna: HttpClient
) -> None:
    cookie = anna.cookie
    async with server.client() as other, anna.websocket() as tab, anna.websocket() as second:
        await other.sign_in()
        async with other.websocket() as elsewhere:
            for socket in (tab, second, elsewhere):
                await socket.receive_str()
            answer = await anna.post("/sign-out", {"csrf": await anna.token()})
            assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
            assert 'firstline-0=""' in answer.headers["Set-Cookie"]
            assert [await close_code(tab), await close_code(second)] == [4408, 4408]
            assert server.harness.tabs.agents() == {"anna"}, "the other client goes on"
            await elsewhere.send_str('{"type":"search","key":"t:1","text":"0001"}')
            assert "answer" in await elsewhere.receive_str()
    assert (await anna.get("/", Cookie=f"firstline-0={cookie}")).status == 303
    async with anna.websocket(Cookie=f"firstline-0={cookie}") as socket:
        assert await close_code(socket) == SIGN_IN_REQUIRED


async def test_tabs_close_when_their_session_was_ended(
    server: RunningDesk, anna: HttpClient
) -> None:
    async with anna.websocket() as tab:
        await tab.receive_str()
        await server.recheck_sessions()
        assert server.harness.tabs.agents() == {"anna"}
        server.sessions.stored.clear()
        await server.recheck_sessions()
        assert await close_code(tab) == 4408
    async with anna.websocket() as tab:
        assert await close_code(tab) == SIGN_IN_REQUIRED


async def test_a_session_that_ends_during_the_handshake(
    server: RunningDesk, anna: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(*_: object) -> None:
        return None

    monkeypatch.setattr(server.sessions, "current", ended)
    async with anna.websocket() as tab:
        assert [message async for message in tab] == []


async def test_an_active_tab_stays_and_an_idle_one_closes(
    server: RunningDesk, anna: HttpClient
) -> None:
    async with anna.websocket() as tab:
        await tab.receive_str()
        server.harness.now += IDLE / 2
        await tab.send_str('{"type":"search","key":"t:1","text":"0001"}')
        await tab.receive_str()
        await server.recheck_sessions()
        server.harness.now += IDLE / 2
        await server.recheck_sessions()
        assert server.harness.tabs.agents() == {"anna"}
        server.harness.now += IDLE / 2
        await server.recheck_sessions()
        await close_code(tab)


async def test_a_changed_role_reconnects_the_tab(server: RunningDesk, anna: HttpClient) -> None:
    async with anna.websocket() as tab:
        await tab.receive_str()
        server.accounts.set_role("anna", "supervisor")
        await server.recheck_sessions()
        assert await close_code(tab) == 4408
    async with anna.websocket() as tab:
        assert "hello" in await tab.receive_str()


async def test_tabs_stay_while_sessions_cannot_be_checked(
    server: RunningDesk, anna: HttpClient
) -> None:
    async with anna.websocket() as tab:
        await tab.receive_str()
        server.accounts.busy = True
        await server.recheck_sessions()
        assert server.harness.tabs.agents() == {"anna"}
        server.accounts.busy = False
        server.accounts.users.clear()
        await server.recheck_sessions()
        await close_code(tab)


async def test_fast_messages_are_delayed_but_not_dropped(
    anna: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.web.websocket.PACE", Rate(burst=2, each=0.05))
    clock = asyncio.get_running_loop().time
    async with anna.websocket() as tab:
        await tab.receive_json()
        began = clock()
        for number in range(6):
            await tab.send_json({"type": "tickets", "key": f"t:{number}"})
        heard: list[str] = []
        while len(heard) < 6:
            message = await tab.receive_json()
            if message["type"] == "answer":
                heard.append(message["key"])
        assert heard == [f"t:{number}" for number in range(6)]
        assert clock() - began >= 0.19
