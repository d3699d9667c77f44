"""A call that asks a back end of the operator's own, declared in YAML."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ari_app.phone.handset import Connected, Disconnected, Phone
from tests.heard import assert_heard
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

FLOW = """\
flow: shop
numbers: ["611"]
languages: [en]
start: ask
farewell: bye
always: { "0": person }
nodes:
  ask: { input: order-ask, into: order, wrong: not-understood, then: look, gave-up: person }
  look:
    do: order
    inputs: { order: order }
    on: { ok: found, no-such: person, unavailable: sorry }
  found:  { say: order-is, then: bye }
  sorry:  { say: sorry-unavailable, then: bye }
  person: { queue: support, else: bye }
  bye:    { end: thanks-bye }
"""
TEXTS = """\
order-ask: "Key your order, then press hash. For a person, zero."
order-is: "Your order, {title:text}, costs {total:money}."
"""
OPERATION = """\
operation: order
inputs: { order: digits }
url: http://127.0.0.1:PORT/orders/{order}
headers: { Authorization: "Bearer {secret:shop}" }
answers:
  ok: { values: { title: { text: title }, total: { money: total } } }
  no-such: { status: 404 }
"""


async def test_a_caller_hears_what_the_back_end_says(tmp_path: Path) -> None:
    """Once the operation is reloaded with another path, the next call asks there."""
    asked: list[tuple[str, str]] = []

    async def order(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers["Authorization"]))
        return web.json_response({"title": "a blue <b>lamp</b>", "total": 12.5})

    application = web.Application()
    application.router.add_get("/{path:.*}", order)
    async with TestServer(application) as server:
        menus = tmp_path / "menus"
        (menus / "prompts").mkdir(parents=True)
        (menus / "operations").mkdir()
        (menus / "shop.yaml").write_text(FLOW)
        (menus / "prompts" / "en.yaml").write_text(TEXTS)
        operation = menus / "operations" / "order.yaml"
        operation.write_text(OPERATION.replace("PORT", str(server.port)))
        settings = f'[menus]\ndirectory = "{menus}"\n[operations]\naddresses = ["127.0.0.1"]'
        environment = {"FIRSTLINE_SECRET_SHOP": "open sesame"}
        with installed(tmp_path / "state", settings, environment=environment) as one:
            said = await asyncio.to_thread(
                one.said, "order-is", "title=a blue lamp", "total=12.50", lang="en"
            )
            assert_heard(await called(one, tmp_path / "first.wav"), said)
            operation.write_text(operation.read_text().replace("/orders/", "/v2/orders/"))
            reloaded = await asyncio.to_thread(one.out, "flows", "reload")
            assert reloaded == "operation: order\n"
            assert_heard(await called(one, tmp_path / "second.wav"), said)
    assert asked == [
        ("/orders/42", "Bearer open sesame"),
        ("/v2/orders/42", "Bearer open sesame"),
    ]


async def called(one: Installation, recording: Path) -> Path:
    """Ask for order 42, listen to the end; the recording of the call."""
    async with Phone(await asyncio.to_thread(one.subscriber), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("42#")
        await me.wait(Disconnected, 30)
    return recording
