"""What every request must pass, and what no page has."""

import re

import pytest

from ari_app.cabinet import security
from ari_app.pages.server import ServerSettings
from ari_app.rate_limit import Rate
from tests.cabinet.harness import Browser, Harness, running

PAGES = ("/my", "/my/menu", "/my/letters", "/my/lessons", "/my/operations/charges",
         "/my/operations/call-back-at", "/my/code-word", "/my/nothing")  # fmt: skip


async def test_no_page_has_a_script(alesya: Browser) -> None:
    for path in PAGES:
        answer = await alesya.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert not re.search(r"<script|\son[a-z]+=|style=|javascript:", alesya.page), path
        assert answer.headers["Cache-Control"] == "no-store"


async def test_cookies_are_for_the_cabinet_alone() -> None:
    settings = ServerSettings("127.0.0.1", 0, https=True)
    async with running(settings) as here, here.client() as browser:
        answer = await browser.get("/my/sign-in", follow=False)
        assert "max-age=" in answer.headers["Strict-Transport-Security"]
        origin = here.url.replace("http:", "https:")
        answer = await browser.post(
            "/my/sign-in", follow=False, origin=origin, number="375990000001"
        )
        [cookie] = answer.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-firstline-cabinet-")
        for flag in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
            assert flag in cookie


async def test_foreign_requests_are_refused(alesya: Browser, here: Harness) -> None:
    await alesya.get("/my/letters")
    for origin in ("https://evil.example.net", "null", ""):
        answer = await alesya.post("/my/letters", origin=origin, topic="general", text="x")
        assert answer.status == 403
    await alesya.get("/my/letters")
    answer = await alesya.post("/my/letters", csrf="wrong", topic="general", text="x")
    assert answer.status == 403
    assert (await alesya.get("/my", Host="evil.example.net")).status == 421
    assert here.letters.written == {}


async def test_who_is_not_signed_in_sees_the_sign_in_alone(visitor: Browser) -> None:
    for path in (*PAGES, "/", "/my/done/x", "/my/operations/charges/charges.csv"):
        assert (await visitor.get(path)).url.path == "/my/sign-in"
    assert (await visitor.post("/my/operations/resume/yes", token="x")).url.path == "/my/sign-in"


async def test_requests_of_an_address_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "REQUESTS", Rate(burst=3, each=3600.0))
    async with running() as here, here.client() as browser:
        statuses = [(await browser.get("/my/sign-in")).status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        async with here.client("127.0.0.2") as other:
            assert (await other.get("/my/sign-in")).status == 200


async def test_one_request_too_many_renders_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything free below the static files but what there is."""
    monkeypatch.setattr(security, "REQUESTS", Rate(burst=2, each=3600.0))
    async with running() as here, here.client() as browser:
        await browser.get("/my/sign-in")
        [sheet] = re.findall(r'href="(/my/static/[^"]+)"', browser.page)
        statuses = [(await browser.get(sheet.replace(".css", ".js"))).status for _ in range(2)]
        assert statuses == [404, 429]
        assert browser.page == security.TOO_OFTEN
        assert (await browser.get(sheet)).status == 200


async def test_behind_a_proxy_addresses_are_its_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "REQUESTS", Rate(burst=1, each=3600.0))
    settings = ServerSettings("127.0.0.1", 0, proxies=("127.0.0.1",))
    async with running(settings) as here, here.client() as browser:
        statuses = [
            (await browser.get("/my/sign-in", X_Forwarded_For=f"1.2.3.4, {who}")).status
            for who in ("198.51.100.1", "198.51.100.1", "198.51.100.2")
        ]
        assert statuses == [200, 429, 200]


async def test_only_the_style_sheet_is_served(visitor: Browser) -> None:
    await visitor.get("/my/sign-in")
    [sheet] = re.findall(r'href="(/my/static/[^"]+)"', visitor.page)
    answer = await visitor.get(sheet)
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    base = sheet.rpartition("/")[0]
    for path in ("", "nothing.css", "../words.yaml", "%2e%2e/words.yaml"):
        assert (await visitor.get(f"{base}/{path}")).status in (403, 404)


async def test_malformed_forms_are_refused(alesya: Browser, here: Harness) -> None:
    headers = {"Origin": here.url}
    form = "application/x-www-form-urlencoded"
    for data, kind in ((b"{}", "application/json"), (b"\xff=1", form), (b"a=1&" * 60, form)):
        async with alesya.session.post(
            "/my/letters", data=data, headers={**headers, "Content-Type": kind}
        ) as answer:
            assert answer.status in (400, 403, 415)
