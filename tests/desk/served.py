"""A desk in memory for a real browser: its page, its scripts and its WebSocket, without a door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from ari_app.desk.guard import STATIC
from ari_app.desk.hub import Tab
from ari_app.desk.people import Person
from ari_app.desk.site import FILES
from ari_app.desk.wire import talk
from tests.desk.house import House


@asynccontextmanager
async def served(house: House) -> AsyncIterator[str]:
    """Where everybody's desk is: ``<url>anna``. Whoever's page asked last has the WebSocket."""
    sits = ["anna"]

    async def page(request: web.Request) -> web.Response:
        sits[:] = [request.match_info["name"]]
        person = Person(sits[0], sits[0].title(), "senior")
        html = house.desk.render.page("desk", "en", person=person, csrf="x")
        return web.Response(text=html, content_type="text/html")

    async def wire(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await talk(socket, house.desk, Tab(sits[0], "en", mentor=True))
        return socket

    app = web.Application()
    files = web.static(f"{STATIC}{house.desk.render.built}", FILES)
    app.add_routes([web.get("/wire", wire), files, web.get("/{name}", page)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        for tab in house.hub.all():
            tab.cut()
        await runner.cleanup()
        await house.settled()
