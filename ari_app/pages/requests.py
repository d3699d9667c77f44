"""Requests of browsers: who sends them, the fields of their forms, and where they are sent on."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qsl

from aiohttp import web

BODY = 64 * 1024
"""Bytes of a request body."""
FIELDS = 50
"""Fields of a form."""
BODY_TIMEOUT = 10.0
"""Seconds in which the body of a request must arrive."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ErrorPage = Callable[[web.Request, int, str, Mapping[str, str]], web.Response]
"""Makes an error page from the status, a key of ``words.yaml`` and headers."""


def client_address(request: web.Request, proxies: Collection[str]) -> str:
    """The client's address, behind a trusted proxy too; for IPv6 its /64 network."""
    address = request.remote or ""
    if address in proxies:
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
        address = forwarded.rpartition(",")[2].strip() or address
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


async def form_fields(request: web.Request) -> Mapping[str, str]:
    """The fields of a submitted form; raises an ``HTTPException`` if it is none, or too slow."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            text = (await request.read()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, OSError, web.RequestPayloadError):
        raise web.HTTPBadRequest from None


def redirect(path: str) -> web.Response:
    """A redirect to another page (303)."""
    return web.Response(status=303, headers={"Location": path})
