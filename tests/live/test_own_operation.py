"""Calls that ask a back end of the operator's own, declared in YAML: by keys, and by voice."""

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ari_app.phone.handset import Connected, Disconnected, Phone
from prompts import wav
from prompts.telephone import RATE
from tests.deadlines import pause, until
from tests.heard import assert_heard
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

FLOW = """\
flow: shop
numbers: ["611"]
languages: [en]
start: what
farewell: bye
always: { "0": person }
nodes:
  what:
    listen: what-ask
    phrases: { order: { en: [my payment] }, bye: { en: [goodbye] } }
    keys: { "1": order }
    wrong: not-understood
    gave-up: bye
  order:
    input: order-ask
    into: order
    secret: yes
    spoken: yes
    wrong: not-understood
    then: look
    gave-up: person
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
what-ask: "Say what you want."
order-ask: "Key your order, then press hash. For a person, zero."
says-order: my payment
says-four: four
says-two: two
order-is: "Your order, {title:text}, costs {total:money}."
"""
OPERATION = """\
operation: order
inputs: { order: secret }
url: http://127.0.0.1:PORT/orders
method: POST
body: { order: "{order}" }
headers: { Authorization: "Bearer {secret:shop}" }
answers:
  ok: { values: { title: { text: title }, total: { money: total } } }
  no-such: { status: 404 }
"""


async def test_a_caller_hears_what_the_back_end_says(tmp_path: Path) -> None:
    """Once the operation is reloaded with another path, the next call asks there."""
    asked: list[tuple[str, str, str]] = []

    async def order(request: web.Request) -> web.Response:
        order = (await request.json())["order"]
        asked.append((request.path, order, request.headers["Authorization"]))
        return web.json_response({"title": "a blue <b>lamp</b>", "total": 12.5})

    application = web.Application()
    application.router.add_post("/{path:.*}", order)
    async with TestServer(application) as server:
        menus = tmp_path / "menus"
        (menus / "prompts").mkdir(parents=True)
        (menus / "operations").mkdir()
        (menus / "shop.yaml").write_text(FLOW)
        (menus / "prompts" / "en.yaml").write_text(TEXTS)
        operation = menus / "operations" / "order.yaml"
        operation.write_text(OPERATION.replace("PORT", str(server.port)))
        settings = f'[menus]\ndirectory = "{menus}"\n[operations]\naddresses = ["127.0.0.1"]'
        settings += '\n[speech]\nengine = "built-in"'
        environment = {"FIRSTLINE_SECRET_SHOP": "open sesame"}
        with installed(tmp_path / "state", settings, environment=environment) as one:
            said = await asyncio.to_thread(
                one.said, "order-is", "title=a blue lamp", "total=12.50", lang="en"
            )
            assert_heard(await keyed(one, tmp_path / "first.wav"), said)
            operation.write_text(operation.read_text().replace("/orders", "/v2/orders"))
            reloaded = await asyncio.to_thread(one.out, "flows", "reload")
            assert reloaded == "operation: order\n"
            assert_heard(await spoken(one, tmp_path / "second.wav", asked), said)
            record = await asyncio.to_thread(one.last_call)
            log = one.log.read_text()
    assert asked == [
        ("/orders", "42", "Bearer open sesame"),
        ("/v2/orders", "42", "Bearer open sesame"),
    ]
    assert re.search(r'what \(listen\) +played what-ask +said "my payment" \(\d+ %\)', record)
    assert re.search(r"order \(input\) +played order-ask +key secret +-> look", record)
    assert "order secret" in log


async def keyed(one: Installation, recording: Path) -> Path:
    """Ask for order 42 by keys, listen to the end; the recording of the call."""
    async with Phone(await asyncio.to_thread(one.subscriber), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("142#")
        await me.wait(Disconnected, 30)
    return recording


async def spoken(one: Installation, recording: Path, asked: Sequence[object]) -> Path:
    """Ask for it by voice."""
    await asyncio.to_thread(until, lambda: "templates are new" in one.log.read_text(), 60)
    order, four, two = [
        wav.read(await asyncio.to_thread(one.said, f"says-{word}", lang="en"))[0]
        for word in ("order", "four", "two")
    ]
    first, second = recording.with_name("order.wav"), recording.with_name("digits.wav")
    gap = np.zeros(RATE // 2, np.float32)
    wav.write(first, np.concatenate((order, gap)))
    wav.write(second, np.concatenate((four, gap, two, gap)))
    before = len(asked)
    async with Phone(await asyncio.to_thread(one.subscriber), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await _says(me, first, lambda: 'said "my payment"' in one.out("calls", "show"))
        await _says(me, second, lambda: len(asked) > before)
        await me.wait(Disconnected, 30)
    return recording


async def _says(me: Phone, words: Path, understood: Callable[[], bool]) -> None:
    """Say it, and once more if too much of it was lost on a busy machine."""
    await pause(1)
    await me.play(words)
    try:
        await asyncio.to_thread(until, understood, 8)
    except AssertionError:
        await me.play(words)
        await asyncio.to_thread(until, understood, 8)
