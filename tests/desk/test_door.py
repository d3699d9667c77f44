"""The door of the desk, from outside: who comes in, and how that ends."""

import asyncio

import pytest
from aiohttp import WSServerHandshakeError
from msgspec import json
from yarl import URL

from ari_app.desk import signin
from ari_app.desk.guard import SIGN_IN
from ari_app.desk.limits import Rate
from ari_app.desk.sessions import GRACE, IDLE, ROTATE
from ari_app.desk.site import Where
from tests.desk.door import PASSWORD, Browser, Door, ended, open_door

# Who comes in.


async def test_the_desk_is_open_to_who_signed_in(browser: Browser) -> None:
    answer = await browser.get("/")
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
    async with browser.wire() as socket:
        assert await ended(socket) == SIGN_IN
    answer = await browser.sign_in()
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "data-csrf" in await (await browser.get("/")).text()
    assert (await browser.get("/sign-in")).headers["Location"] == "/"
    async with browser.wire() as socket:
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
async def test_a_wrong_name_is_told_as_a_wrong_password_is(
    browser: Browser, name: str, password: str
) -> None:
    answer = await browser.sign_in(name, password)
    assert answer.status == 403
    assert "Логин или пароль неверны" in await answer.text()
    assert "Set-Cookie" not in answer.headers
    assert (await browser.get("/")).status == 303


async def test_a_name_is_read_without_case_and_spaces(browser: Browser) -> None:
    assert (await browser.sign_in(" Anna ")).status == 303


async def test_what_was_typed_as_a_name_is_in_no_log(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be a password, typed into the wrong field."""
    await browser.sign_in(PASSWORD)
    await browser.sign_in("anna", "wrong")
    assert PASSWORD not in caplog.text
    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == [
        "a wrong password of nobody from 127.0.0.1",
        "a wrong password of anna from 127.0.0.1",
    ]


async def test_what_is_typed_is_text(browser: Browser) -> None:
    answer = await browser.sign_in("<script>alert(1)</script>")
    text = await answer.text()
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    await browser.sign_in()
    page = await (await browser.get("/")).text()
    assert "Анна &lt;script&gt;Ветрова" in page
    assert "<script>" not in page


async def test_a_name_of_10_kb_is_a_wrong_name(browser: Browser) -> None:
    answer = await browser.sign_in("я" * 5_000)
    assert answer.status == 403
    assert len(await answer.text()) < 3_000
    assert browser.door.people.checks == ["я" * signin.NAME]


async def test_while_nobody_can_be_checked_it_is_said_so(browser: Browser) -> None:
    browser.door.people.busy = True
    answer = await browser.sign_in()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_who_signs_in_in_the_browser_of_another_ends_his_session(anna: Browser) -> None:
    async with anna.wire() as hers:
        await hers.receive_str()
        assert (await anna.sign_in("boris")).status == 303
        await ended(hers)
    assert [one.agent for one in anna.door.signed.kept.values()] == ["boris"]


# Other pages, and other names.


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://127.0.0.1", "https://{}", "http://{}.x"]
)
async def test_no_page_of_others_acts_here(anna: Browser, origin: str) -> None:
    """Not with the right cookie and the right token, neither by a form nor by a WebSocket."""
    forged = origin.format(URL(anna.door.url).authority)
    token = await anna.token()
    answer = await anna.post("/sign-out", {"csrf": token}, Origin=forged)
    assert answer.status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        async with anna.wire(Origin=forged):
            pass
    assert (await anna.get("/")).status == 200
    answer = await anna.post("/sign-in", {"name": "boris", "password": PASSWORD}, Origin=forged)
    assert answer.status == 403


async def test_who_does_not_say_from_where_he_comes_is_refused(anna: Browser) -> None:
    answer = await anna.session.post("/sign-out", data={"csrf": await anna.token()})
    assert answer.status == 403
    with pytest.raises(WSServerHandshakeError, match="403"):
        await anna.session.ws_connect("/wire")


async def test_a_form_brings_the_token_of_its_session(door: Door, anna: Browser) -> None:
    async with door.browser() as other:
        await other.sign_in("boris")
        foreign = await other.token()
    token = await anna.token()
    for form in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": token[:-1]}, {"csrf": "ё"}):
        assert (await anna.post("/sign-out", form)).status == 403
    assert (await anna.post("/sign-out", {}, X_CSRF=foreign)).status == 403
    raw = f"Origin: {door.url}\r\nCookie: firstline-0={anna.cookie}\r\nX-CSRF: ".encode() + b"\xff"
    assert await door.raw(b"POST /sign-out HTTP/1.1", raw, b"Content-Length: 0") == 403
    assert (await anna.get("/")).status == 200
    assert (await anna.post("/sign-out", {}, X_CSRF=token)).status == 303


async def test_the_desk_has_its_own_names_alone(door: Door, browser: Browser) -> None:
    for host in ("evil.example", "127.0.0.1", f"evil.example:{door.site.port}", ""):
        answer = await browser.get("/sign-in", Host=host)
        assert answer.status == 421
        assert "names" in await answer.text()
    assert (await browser.get("/sign-in", Host=f"localhost:{door.site.port}")).status == 200
    assert (await browser.get("/sign-in", Host=f"[::1]:{door.site.port}")).status == 200


async def test_behind_a_proxy_it_has_the_name_that_browsers_use() -> None:
    where = Where("127.0.0.1", 0, ("desk.example",), https=True)
    async with open_door(where) as door, door.browser() as browser:
        form = {"name": "anna", "password": PASSWORD}
        host, origin = "desk.example", "https://desk.example"
        answer = await browser.post("/sign-in", form, Host=host, Origin=origin)
        assert answer.status == 303
        told = answer.headers["Set-Cookie"].split("; ")
        assert told[0].startswith("__Host-firstline-")
        assert {*told[1:]} == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}
        assert "max-age=" in answer.headers["Strict-Transport-Security"]
        origin = "http://desk.example"
        assert (await browser.post("/sign-in", form, Host=host, Origin=origin)).status == 403


# The cookie, and the end of it.


async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(browser: Browser) -> None:
    told = (await browser.sign_in()).headers["Set-Cookie"].split("; ")
    assert {*told[1:]} == {"HttpOnly", "Path=/", "SameSite=Strict"}
    assert len(told[0].partition("=")[2]) >= 43, "32 random bytes"


async def test_the_cookie_changes_and_the_one_before_goes_on_for_a_moment(anna: Browser) -> None:
    old = anna.cookie
    anna.door.house.now += ROTATE
    assert (await anna.get("/nowhere")).status == 404, "also a page that is not there brings it"
    assert (new := anna.cookie) != old
    assert (await anna.get("/")).status == 200, "from now on the one before is on its way"
    anna.door.house.now += GRACE / 2
    anna.forget()
    assert (await anna.get("/", Cookie=f"firstline-0={old}")).status == 200
    anna.door.house.now += GRACE / 2
    assert (await anna.get("/", Cookie=f"firstline-0={old}")).status == 303
    assert (await anna.get("/", Cookie=f"firstline-0={new}")).status == 200


@pytest.mark.parametrize(
    "cookie", [b"", b"x", b"\xff", b"a" * 5000, b'"', b"firstline-0", b"\\377"]
)
async def test_a_cookie_of_nobody_opens_nothing(door: Door, cookie: bytes) -> None:
    assert await door.raw(b"GET / HTTP/1.1", b"Cookie: firstline-0=" + cookie) == 303


async def test_who_signs_out_is_out_in_all_tabs_of_that_browser(door: Door, anna: Browser) -> None:
    cookie = anna.cookie
    async with door.browser() as other, anna.wire() as tab, anna.wire() as second:
        await other.sign_in()
        async with other.wire() as elsewhere:
            for socket in (tab, second, elsewhere):
                await socket.receive_str()
            answer = await anna.post("/sign-out", {"csrf": await anna.token()})
            assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
            assert 'firstline-0=""' in answer.headers["Set-Cookie"]
            assert [await ended(tab), await ended(second)] == [4408, 4408]
            assert door.house.hub.present() == {"anna"}, "the other browser goes on"
            await elsewhere.send_str('{"type":"look","key":"t:1","text":"0001"}')
            assert "answer" in await elsewhere.receive_str()
    assert (await anna.get("/", Cookie=f"firstline-0={cookie}")).status == 303
    async with anna.wire(Cookie=f"firstline-0={cookie}") as socket:
        assert await ended(socket) == SIGN_IN


async def test_whose_sessions_were_ended_elsewhere_is_cut_off(door: Door, anna: Browser) -> None:
    async with anna.wire() as tab:
        await tab.receive_str()
        await door.site.look()
        assert door.house.hub.present() == {"anna"}
        door.signed.kept.clear()
        await door.site.look()
        assert await ended(tab) == 4408
    async with anna.wire() as tab:
        assert await ended(tab) == SIGN_IN


async def test_a_session_that_ends_while_its_tab_opens_shows_nothing(
    door: Door, anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> None:
        return None

    monkeypatch.setattr(door.signed, "again", gone)
    async with anna.wire() as tab:
        assert [message async for message in tab] == []


async def test_a_tab_in_which_somebody_works_stays_and_one_that_is_left_does_not(
    door: Door, anna: Browser
) -> None:
    async with anna.wire() as tab:
        await tab.receive_str()
        door.house.now += IDLE / 2
        await tab.send_str('{"type":"look","key":"t:1","text":"0001"}')
        await tab.receive_str()
        await door.site.look()
        door.house.now += IDLE / 2
        await door.site.look()
        assert door.house.hub.present() == {"anna"}
        door.house.now += IDLE / 2
        await door.site.look()
        await ended(tab)


async def test_who_gets_another_role_comes_in_anew(door: Door, anna: Browser) -> None:
    async with anna.wire() as tab:
        await tab.receive_str()
        door.people.become("anna", "supervisor")
        await door.site.look()
        assert await ended(tab) == 4408
    async with anna.wire() as tab:
        assert "hello" in await tab.receive_str()


async def test_while_it_cannot_be_asked_who_may_stay_all_do(door: Door, anna: Browser) -> None:
    async with anna.wire() as tab:
        await tab.receive_str()
        door.people.busy = True
        await door.site.look()
        assert door.house.hub.present() == {"anna"}
        door.people.busy = False
        door.people.people.clear()
        await door.site.look()
        await ended(tab)


async def test_who_says_more_than_a_hand_can_is_heard_later_and_whole(
    anna: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.wire.PACE", Rate(burst=2, each=0.05))
    clock = asyncio.get_running_loop().time
    async with anna.wire() as tab:
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
