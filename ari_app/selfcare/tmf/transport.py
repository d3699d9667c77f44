"""HTTP requests to a billing system, with deadlines, a size limit and a circuit breaker."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from decimal import DecimalException
from types import SimpleNamespace
from typing import Any, Literal, TypeVar

import aiohttp
from msgspec import MsgspecError, Struct, json

from ari_app.selfcare import breaker as circuit
from ari_app.selfcare.billing import BillingUnavailable
from ari_app.selfcare.breaker import Breaker, Closed, Open, Rule
from ari_app.selfcare.tmf.resources import Error
from ivr.secret import Secret

T = TypeVar("T")

_log = logging.getLogger(__name__)

LARGEST = 1 << 20
"""Bytes of an answer; a larger one is rejected."""
CONCURRENCY = 32
"""Connections to billing; more requests wait for one within their deadline."""


class Settings(Struct, frozen=True, kw_only=True):
    """The address of billing, and timeouts in seconds."""

    url: str
    """What comes before ``customerManagement/v4/…``."""
    token: Secret = Secret("")
    ca: str = ""
    """A file with the certificates that we trust, "" for the system's."""
    timeout: float = 1.2
    order_timeout: float = 5.0
    """How long an order is tried, with all its repetitions."""
    pause: float = 0.1
    """Between the first two tries of an order; each of the next ones is twice as long."""
    balance_age: float = 900.0
    currency: str = ""
    """The operator's own, of what callers agree to be charged."""
    rule: Rule = Rule()


class NoAnswer(Exception):  # noqa: N818 - named by what is so, not as an error
    """No valid answer. ``sent``: the request may have arrived; ``breaker_open``: not tried."""

    def __init__(self, why: str, sent: bool, breaker_open: bool = False) -> None:
        super().__init__(why)
        self.sent = sent
        self.breaker_open = breaker_open


class Rejected(Exception):  # noqa: N818 - likewise
    """Billing rejected the request; ``code`` is its code of the reason."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code


class Request(Struct, frozen=True):
    """A request; ``path`` begins below the settings' ``url``."""

    path: str
    query: Mapping[str, str] = {}
    body: bytes = b""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """With a body it is a POST."""
        return "POST" if self.body else "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Transport:
    """Sends requests; an async context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.breaker: Breaker = Closed()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Transport":
        settings = self.settings
        # A file is read here, once, before the first call.
        context = ssl.create_default_context(cafile=settings.ca or None)
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_sent)
        token = settings.token.reveal()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONCURRENCY, ssl=context),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trace_configs=[trace],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def read(self, request: Request, parse: Callable[[bytes], T]) -> T:
        """Send a request that changes nothing, twice if there is no answer.

        Raises :class:`BillingUnavailable` and :class:`Rejected`.
        """
        for again in (True, False):
            try:
                return await self.send(request, parse, self.settings.timeout)
            except NoAnswer as error:
                if error.breaker_open or not again:
                    raise BillingUnavailable(str(error)) from None
        raise AssertionError("the second try returns or raises")

    async def send(self, request: Request, parse: Callable[[bytes], T], timeout: float) -> T:
        """Send a request once. Raises :class:`NoAnswer` and :class:`Rejected`."""
        clock = asyncio.get_running_loop().time
        allowed = circuit.before_request(self.breaker, clock())
        if allowed is None:
            raise NoAnswer(
                "billing unavailable, circuit breaker open", sent=False, breaker_open=True
            )
        self.breaker = allowed
        done = False
        try:
            answer = await self._exchange(request, parse, timeout)
            done = True
            return answer
        except Rejected:
            done = True
            raise
        finally:  # also when the request is cancelled
            after = circuit.after_failure(self.breaker, self.settings.rule, clock())
            self._turn(circuit.after_answer() if done else after)

    def _turn(self, breaker: Breaker) -> None:
        before, self.breaker = self.breaker, breaker
        if isinstance(breaker, Open) and isinstance(before, Closed):
            _log.error(
                "billing unavailable, no requests for %g s: check [billing] url",
                self.settings.rule.pause,
            )
        elif isinstance(breaker, Closed) and not isinstance(before, Closed):
            _log.info("billing is available again")

    async def _exchange(self, request: Request, parse: Callable[[bytes], T], timeout: float) -> T:
        mark = SimpleNamespace(sent=False)
        try:
            async with asyncio.timeout(timeout):
                status, body = await self._fetch(request, mark)
        except TimeoutError:
            raise NoAnswer(f"{request}: no answer in {timeout:.2g} s", mark.sent) from None
        except (aiohttp.ClientError, OSError) as error:
            why = str(error) or type(error).__name__
            raise NoAnswer(f"{request}: {why}", mark.sent) from None
        if not 200 <= status < 300:
            raise _refusal(request, status, body)
        return _parsed(request, parse, body)

    async def _fetch(self, request: Request, mark: SimpleNamespace) -> tuple[int, bytes]:
        assert self._session is not None, "use the transport as a context manager"
        async with self._session.request(
            request.method,
            f"{self.settings.url.rstrip('/')}/{request.path}",
            params=request.query,
            data=request.body or None,
            headers={"Content-Type": "application/json"} if request.body else {},
            allow_redirects=False,
            trace_request_ctx=mark,
        ) as response:
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                if len(body) > LARGEST:
                    response.close()
                    raise NoAnswer(f"{request}: an answer of more than {LARGEST} bytes", True)
            return response.status, bytes(body)


async def _sent(_: object, context: Any, __: object) -> None:
    """From here on a request may have arrived."""
    context.trace_request_ctx.sent = True


def _parsed(request: Request, parse: Callable[[bytes], T], body: bytes) -> T:
    try:
        return parse(body)
    except (MsgspecError, DecimalException, OverflowError, ValueError) as error:
        raise NoAnswer(f"{request}: the answer is damaged: {error}", sent=True) from None


def _refusal(request: Request, status: int, body: bytes) -> NoAnswer | Rejected:
    """The error for a status that is no success."""
    if status in (429, 503):
        return NoAnswer(f"{request}: {status}", sent=False)
    if status == 408 or not 400 <= status < 500:
        return NoAnswer(f"{request}: {status}", sent=True)
    if status in (401, 403):
        why = "billing rejected the token: set `billing` in secrets.toml"
        return Rejected(status, "", why)
    try:
        error = json.decode(body, type=Error)
    except (MsgspecError, ValueError) as damaged:
        if body.lstrip().startswith(b"{"):
            return NoAnswer(f"{request}: {status}, and it is damaged: {damaged}", sent=True)
        error = Error()
    return Rejected(status, str(error.code), f"{request}: {status} {error.reason[:200]}")
