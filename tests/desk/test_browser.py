"""The browser that tests drive: fonts, WebSocket, offline, crash."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, Route, expect

from tests.desk.browser import Chromium, driven, opened, unplugged

PAGE = """<!doctype html><meta charset="utf-8"><title>Стол</title>
<h1>Василёк Алеся</h1><input aria-label="Вопрос"><ul></ul>
<script type="module">
const list = document.querySelector("ul"), field = document.querySelector("input");
const line = (text) => {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
};
const socket = new WebSocket(`ws://${location.host}/socket`);
socket.onmessage = (message) => line(message.data);
field.onchange = () => socket.send(field.value);
addEventListener("offline", () => line("нет сети"));
window.kept = (mode, use) => new Promise((done) => {
  const asked = indexedDB.open("desk", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
  asked.onsuccess = () => {
    const dealing = asked.result.transaction("kept", mode);
    const answer = use(dealing.objectStore("kept"));
    dealing.oncomplete = () => done(answer.result);
  };
});
</script>"""
KEEP = """(text) => kept("readwrite", (store) => store.put(text, "text"))"""
READ = """() => kept("readonly", (store) => store.get("text"))"""
WIDTHS = """() => { const pen = document.createElement("canvas").getContext("2d");
return [..."Шгўі"].map((letter) => pen.measureText(letter).width); }"""


async def _page(_request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def _socket(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(f"слышу: {message.data}")
    return socket


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A page with a field, whose text a server hears over a WebSocket and repeats."""
    app = web.Application()
    app.add_routes([web.get("/", _page), web.get("/socket", _socket)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def _write(page: Page, text: str) -> None:
    await page.get_by_label("Вопрос").fill(text)
    await page.keyboard.press("Enter")


async def test_cyrillic_text_and_a_websocket(url: str, tab: Page, tmp_path: Path) -> None:
    await tab.goto(url)
    await expect(tab.get_by_role("heading")).to_have_text("Василёк Алеся")
    assert len(set(await tab.evaluate(WIDTHS))) > 2, "all letters are the same empty box"
    await _write(tab, "где мой баланс")
    await expect(tab.get_by_role("listitem")).to_have_text(["слышу: где мой баланс"])
    await tab.screenshot(path=tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


async def test_offline_and_back(url: str, tab: Page) -> None:
    await tab.goto(url)
    await _write(tab, "раз")
    await expect(tab.get_by_role("listitem")).to_have_text(["слышу: раз"])
    async with unplugged(tab):
        await _write(tab, "два")
        await expect(tab.get_by_role("listitem")).to_have_text(["слышу: раз", "нет сети"])
        assert await tab.evaluate("() => fetch('/').then(() => 'here', () => 'away')") == "away"
    await expect(tab.get_by_role("listitem").last).to_have_text("слышу: два")


async def test_indexeddb_survives_a_killed_browser(tmp_path: Path, url: str) -> None:
    with Chromium(tmp_path / "profile") as chromium:
        async with driven(chromium) as browser:
            page = await browser.contexts[0].new_page()
            await page.goto(url)
            await page.evaluate(KEEP, "почти дописано")
            first = chromium.pid
            chromium.kill()
        chromium.start()
        assert chromium.pid != first
        async with driven(chromium) as browser:
            page = await browser.contexts[0].new_page()
            await page.goto(url)
            assert await page.evaluate(READ) == "почти дописано"


@pytest.mark.parametrize(
    ("policy", "body", "complaint"),
    [
        ("", "<script type=module>throw new Error('broken')</script>", "broken"),
        ("script-src 'self'", "<script>alert(1)</script>", "Content Security Policy"),
    ],
)
async def test_script_errors_fail_the_test(
    browser: Browser, url: str, policy: str, body: str, complaint: str
) -> None:
    async def answer(route: Route) -> None:
        headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
        await route.fulfill(body=body, headers=headers)

    async def seen() -> None:
        async with opened(browser) as page:
            await page.route(url, answer)
            await page.goto(url)

    with pytest.raises(AssertionError, match=complaint):
        await seen()
