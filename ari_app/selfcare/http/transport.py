"""Sends requests of ``http`` operations: deadline, size, certificates, and where they may go."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from msgspec import Struct
from yarl import URL

from ari_app.selfcare.http.addresses import AddressRefused, CheckedResolver, Reach
from ari_app.selfcare.http.reply import NoReply, Reply
from ivr.http.request import Request

LARGEST = 1 << 18
"""Bytes of an answer; a larger one is rejected."""

CONCURRENCY = 64
"""Connections at a time; more requests wait for one within their deadline."""

REDIRECTS = frozenset((301, 302, 303, 307, 308))


class Certificate(Struct, frozen=True):
    """Files in PEM: our certificate and its key, "" for none, and whom we trust, "" for the
    system's."""

    certificate: str = ""
    key: str = ""
    ca: str = ""

    def context(self) -> ssl.SSLContext:
        """Read the files; raises ``OSError`` (also for a file that is no certificate)."""
        context = ssl.create_default_context(cafile=self.ca or None)
        if self.certificate:
            context.load_cert_chain(self.certificate, self.key or None)
        return context


class Transport:
    """Sends requests; an async context manager."""

    def __init__(self, reach: Reach, certificates: Mapping[str, Certificate]) -> None:
        self._reach = reach
        self._certificates = certificates
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Transport":
        """Raises ``OSError`` when a certificate cannot be read."""
        for name, files in {"": Certificate(), **self._certificates}.items():
            try:
                self._contexts[name] = files.context()
            except OSError as error:
                raise OSError(f"[tls.{name}]: {error}") from error
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_sent)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=CONCURRENCY, resolver=CheckedResolver(self._reach), use_dns_cache=False
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Firstline"},
            trace_configs=[trace],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, request: Request, tls: str, timeout: float) -> Reply:
        """Send a request once; raises :class:`NoReply`. Redirects are not followed."""
        mark = SimpleNamespace(sent=False)
        begun = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                status, body = await self._exchange(request, tls, mark)
        except TimeoutError:
            raise NoReply(f"no answer in {timeout:.2g} s", mark.sent) from None
        except AddressRefused as error:
            raise NoReply(str(error), sent=False, final=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            cause = _refusal(error)
            why = str(cause or error) or type(error).__name__
            raise NoReply(why, mark.sent, final=cause is not None) from None
        return Reply(status, body, time.monotonic() - begun)

    async def _exchange(
        self, request: Request, tls: str, mark: SimpleNamespace
    ) -> tuple[int, bytes]:
        assert self._session is not None, "use the transport as a context manager"
        url = URL(request.url, encoded=True)
        self._reach.refuse_host(url.host or "")
        if tls not in self._contexts:
            raise NoReply(f"there is no [tls.{tls}] in the settings: write it", False, final=True)
        async with self._session.request(
            request.method,
            url,
            data=request.body or None,
            headers=request.headers,
            allow_redirects=False,
            ssl=self._contexts[tls],
            trace_request_ctx=mark,
        ) as response:
            if response.status in REDIRECTS:
                where = urlsplit(response.headers.get("Location", "")).netloc or "another path"
                raise NoReply(f"it redirects to {where}: write that address", True, final=True)
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                if len(body) > LARGEST:
                    response.close()
                    raise NoReply(f"the answer has more than {LARGEST} bytes", True, final=True)
            return response.status, bytes(body)


def _refusal(error: BaseException | None) -> AddressRefused | None:
    """The refused address that is the cause of an error, if one is."""
    while error is not None:
        if isinstance(error, AddressRefused):
            return error
        error = error.__cause__ or error.__context__
    return None


async def _sent(_: object, context: Any, __: object) -> None:
    """From here on a request may have arrived."""
    context.trace_request_ctx.sent = True
