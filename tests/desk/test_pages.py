"""The pages of the desk over HTTP: whatever is asked, the answer is ours."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from ari_app.desk import guard
from tests.desk.door import Browser, Door, ended

PAGES = ("/", "/sign-in", "/nowhere", "/language/de", "/sign-out", "/static/old/desk.js")


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_ours_and_says_what_it_may(
    browser: Browser, path: str, signed_in: bool
) -> None:
    if signed_in:
        await browser.sign_in()
    answer = await browser.get(path)
    for name, value in guard.HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.status == 303 or "<!doctype html>" in await answer.text()


async def test_a_page_that_is_not_there(anna: Browser) -> None:
    answer = await anna.get("/nowhere", Accept_Language="en")
    assert answer.status == 404
    assert "There is no such page." in await answer.text()
    answer = await anna.get("/sign-out")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_files_are_kept_for_ever_and_pages_are_not(browser: Browser) -> None:
    built = browser.door.house.desk.render.built
    page = await (await browser.get("/sign-in")).text()
    assert f'href="/static/{built}/desk.css"' in page
    for file in ("desk.css", "desk.js", "wire.js"):
        answer = await browser.get(f"/static/{built}/{file}")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Content-Security-Policy" in answer.headers
    script = await (await browser.get(f"/static/{built}/desk.js")).text()
    assert 'from "./wire.js"' in script, "so that a script brings those of its own time"
    for path in ("", "nothing.js", "../guard.py", "%2e%2e/guard.py"):
        answer = await browser.session.get(URL(f"/static/{built}/{path}", encoded=True))
        assert answer.status in (403, 404)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_breaks_is_a_page_of_ours(
    anna: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(anna.door.house.desk, "hello", broken)
    async with anna.wire() as tab:
        assert await ended(tab) == 1011
    monkeypatch.setattr(anna.door.signed, "find", broken)
    answer = await anna.get("/", Accept_Language="en")
    assert answer.status == 500
    assert "tell your administrator" in await answer.text()
    assert "secret" not in await answer.text()
    assert "Content-Security-Policy" in answer.headers
    assert "ZeroDivisionError" in caplog.text


async def test_what_is_no_form_is_refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "READING", 0.05)
    origin, kind = {"Origin": browser.door.url}, "application/x-www-form-urlencoded"

    async def chunks(count: int, pause: float = 0) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b"name=anna&" * 1000
            await asyncio.sleep(pause)

    cases: list[tuple[object, str, int]] = [
        (b"name=" + b"a" * 70_000, kind, 413),
        (chunks(10), kind, 413),
        (b"name=\xff\xfe", kind, 400),
        (b"&".join(b"a=1" for _ in range(60)), kind, 400),
        (b'{"name":"anna"}', "application/json", 415),
        (b"--x", "multipart/form-data; boundary=x", 415),
        (b"", kind, 403),
        (b"name=%ED%A0%80&password=%00", kind, 403),
        (chunks(2, 30), kind, 408),
    ]
    for body, told, status in cases:
        headers = {**origin, "Content-Type": told}
        answer = await browser.session.post("/sign-in", data=body, headers=headers)
        assert answer.status == status, told
        assert "<!doctype html>" in await answer.text()
        assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/9.9", b"GET /" + b"a" * 20_000 + b" HTTP/1.1", b"\x16\x03\x01"]
)
async def test_what_is_no_http_fills_no_log(
    door: Door, caplog: pytest.LogCaptureFixture, line: bytes
) -> None:
    assert await door.raw(line, b"Content-Length: x") == 400
    assert not caplog.records


# In which language.


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "Войти"),
        ("en-GB,en;q=0.9", "Sign in"),
        ("be-BY,en", "Войти"),
        ("de, en;q=0.5", "Sign in"),
        ("de", "Войти"),
        (";,;" * 100, "Войти"),
    ],
)
async def test_a_page_speaks_as_the_browser_asks(browser: Browser, asked: str, told: str) -> None:
    page = await (await browser.get("/sign-in", Accept_Language=asked)).text()
    assert f"<title>{told}" in page


async def test_who_chooses_a_language_keeps_it(browser: Browser) -> None:
    answer = await browser.get("/language/en")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    page = await (await browser.get("/sign-in", Accept_Language="ru")).text()
    assert '<html lang="en">' in page
    await browser.sign_in()
    assert '<html lang="en"' in await (await browser.get("/")).text()
    assert (await browser.get("/language/ru")).status == 303
    assert '<html lang="ru"' in await (await browser.get("/")).text()
    assert (await browser.get("/language/de")).status == 404
