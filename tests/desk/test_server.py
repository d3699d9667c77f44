"""The desk's pages over HTTP: headers, static files, errors, languages."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from ari_app.desk.web import http_security
from ari_app.desk.words import by_site, page_languages
from tests.desk.http_client import HttpClient, RunningDesk, close_code

PAGES = ("/", "/sign-in", "/nowhere", "/language/de", "/sign-out", "/static/old/desk.js")


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("path", PAGES)
async def test_every_response_has_the_security_headers(
    client: HttpClient, path: str, signed_in: bool
) -> None:
    if signed_in:
        await client.sign_in()
    answer = await client.get(path)
    for name, value in http_security.HttpSecurity.headers.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.status == 303 or "<!doctype html>" in await answer.text()


async def test_not_found_and_method_not_allowed(anna: HttpClient) -> None:
    answer = await anna.get("/nowhere", Accept_Language="en")
    assert answer.status == 404
    assert "There is no such page." in await answer.text()
    answer = await anna.get("/sign-out")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_static_files_are_cached_and_pages_are_not(client: HttpClient) -> None:
    built = client.server.harness.desk.render.build
    page = await (await client.get("/sign-in")).text()
    assert f'href="/static/{built}/desk.css"' in page
    for file in ("desk.css", "desk.js", "connection.js"):
        answer = await client.get(f"/static/{built}/{file}")
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "Content-Security-Policy" in answer.headers
        assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
    script = await (await client.get(f"/static/{built}/desk.js")).text()
    assert 'from "./connection.js"' in script, "so that a script brings those of its own time"
    for path in ("", "nothing.js", "../http_security.py", "%2e%2e/http_security.py"):
        answer = await client.session.get(URL(f"/static/{built}/{path}", encoded=True))
        assert answer.status in (403, 404)
        assert answer.headers["Cache-Control"] == "no-store"


async def test_internal_errors_have_a_page(
    anna: HttpClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(anna.server.harness.desk.snapshot, "of", broken)
    async with anna.websocket() as tab:
        assert await close_code(tab) == 1011
    monkeypatch.setattr(anna.server.sessions, "find", broken)
    answer = await anna.get("/", Accept_Language="en")
    assert answer.status == 500
    assert "inform your administrator" in await answer.text()
    assert "secret" not in await answer.text()
    assert "Content-Security-Policy" in answer.headers
    assert "ZeroDivisionError" in caplog.text


async def test_malformed_forms_are_rejected(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.pages.requests.BODY_TIMEOUT", 0.05)
    origin, kind = {"Origin": client.server.url}, "application/x-www-form-urlencoded"

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
    for body, content_type, status in cases:
        headers = {**origin, "Content-Type": content_type}
        answer = await client.session.post("/sign-in", data=body, headers=headers)
        assert answer.status == status, content_type
        assert "<!doctype html>" in await answer.text()
        assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/9.9", b"GET /" + b"a" * 20_000 + b" HTTP/1.1", b"\x16\x03\x01"]
)
async def test_malformed_http_is_not_logged(
    server: RunningDesk, caplog: pytest.LogCaptureFixture, line: bytes
) -> None:
    assert await server.raw(line, b"Content-Length: x") == 400
    assert not caplog.records


# In which language.


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("", "Войти"),
        ("en-GB,en;q=0.9", "Sign in"),
        ("be-BY,en", "Увайсці"),
        ("de, en;q=0.5", "Sign in"),
        ("de", "Sign in"),
        ("uk, en", "Sign in"),
        ("uk", "Войти"),
        (";,;" * 100, "Войти"),
    ],
)
async def test_the_language_follows_the_browser(client: HttpClient, asked: str, title: str) -> None:
    """What it asks for goes before what its users can read as well."""
    page = await (await client.get("/sign-in", Accept_Language=asked)).text()
    assert f"<title>{title}" in page


@pytest.mark.parametrize(
    ("site", "first"),
    [(("pl", "uk"), "en"), (("kk", "ru"), "ru"), (("be", "ru"), "be"), ((), "ru")],
)
def test_the_default_is_a_language_of_the_site(site: tuple[str, ...], first: str) -> None:
    assert by_site(site)[0] == first
    assert set(by_site(site)) == set(page_languages())


async def test_a_chosen_language_is_remembered(client: HttpClient) -> None:
    answer = await client.get("/language/en")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    page = await (await client.get("/sign-in", Accept_Language="ru")).text()
    assert '<html lang="en">' in page
    await client.sign_in()
    assert '<html lang="en"' in await (await client.get("/")).text()
    assert (await client.get("/language/ru")).status == 303
    assert '<html lang="ru"' in await (await client.get("/")).text()
    assert (await client.get("/language/de")).status == 404
