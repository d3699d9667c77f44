"""A server of pages: where it listens, and the names by which browsers may know it."""

import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct

from ari_app.pages.tls import Tls

KEEP_ALIVE = 30.0
"""Seconds after which an idle connection is closed, so that it takes no file from calls."""


class ServerError(Exception):
    """It cannot listen; the text says what to do."""


class ServerSettings(Struct, frozen=True):
    """Where a server listens; port 0 is any free one.

    ``names``: further Host headers that are accepted; ``proxies``: addresses whose
    X-Forwarded-For is trusted. ``certificate`` and ``key``: files in PEM, by which it serves TLS
    itself; ``key`` is empty where ``certificate`` holds both.
    """

    host: str
    port: int
    names: Collection[str] = ()
    https: bool = False
    proxies: Collection[str] = ()
    certificate: str = ""
    key: str = ""


class Listening(Struct, frozen=True):
    """A server that listens. ``hosts`` are the Host headers that are accepted;
    ``renew_certificate`` takes the files of its certificate again if they changed."""

    port: int
    hosts: Collection[str]
    renew_certificate: Callable[[], None]


@asynccontextmanager
async def listening(
    app: web.Application, settings: ServerSettings, name: str
) -> AsyncIterator[Listening]:
    """The pages of ``app`` are served while the context lasts; may raise :class:`ServerError`.

    ``name``: that of the section of its settings, and of its port.
    """
    tls = _tls(settings, name)
    logger = logging.getLogger(f"{__name__}.{name}")
    logger.addFilter(_is_no_bad_request)
    runner = web.AppRunner(
        app, access_log=None, logger=logger, shutdown_timeout=1.0, keepalive_timeout=KEEP_ALIVE
    )
    await runner.setup()
    try:
        port = await _listen(runner, settings, tls, name)
        yield Listening(port, _hosts(settings, port), tls.renew if tls else lambda: None)
    finally:
        await runner.cleanup()


def _hosts(settings: ServerSettings, port: int) -> set[str]:
    """The Host headers that are accepted."""
    local = (settings.host, "localhost", "127.0.0.1", "::1")
    hosts = {f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in local}
    hosts |= set(settings.names)
    if settings.certificate:  # without a proxy browsers name the port, unless it is the usual one
        hosts |= {f"{name}:{port}" for name in settings.names if ":" not in name}
        hosts |= {one.removesuffix(":443") for one in hosts}
    return hosts


def _is_no_bad_request(record: logging.LogRecord) -> bool:
    """Whether a log record is about an error of ours, not about input that is no HTTP."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _tls(settings: ServerSettings, name: str) -> Tls | None:
    """The TLS of the server itself, if it has a certificate."""
    if not settings.certificate:
        return None
    try:
        key = Path(settings.key) if settings.key else None
        return Tls(Path(settings.certificate), key, name)
    except OSError as error:
        raise ServerError(
            f"the {name} cannot use its certificate ({error}): set certificate and key under "
            f"[{name}] to files in PEM that belong together and that Firstline can read"
        ) from error


async def _listen(
    runner: web.AppRunner, settings: ServerSettings, tls: Tls | None, name: str
) -> int:
    """Start to listen; returns the port."""
    try:
        context = tls.context if tls else None
        await web.TCPSite(runner, settings.host, settings.port, ssl_context=context).start()
    except OSError as error:
        why = str(error.strerror).rpartition(": ")[2]
        raise ServerError(
            f"the {name} cannot listen on {settings.host}:{settings.port} ({why}): set `{name}` "
            f"under [ports], or host under [{name}]"
        ) from error
    port: int = runner.addresses[0][1]
    return port
