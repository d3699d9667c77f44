"""The USSD gateway over HTTP, in the form that USSD aggregators use.

``POST /ussd`` carries ``sessionId``, ``serviceCode``, ``phoneNumber`` and ``text``, as a form or as
JSON, and is answered ``CON …`` when a reply is expected or ``END …`` when the session is over.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from aiohttp import web
from msgspec import Struct

from ari_app.config.server_settings import UssdSettings
from ari_app.networks import Networks
from ari_app.ussd.joined import Request
from ari_app.ussd.sessions import OVER, TROUBLE, MismatchError, Sessions
from ivr import bounds
from ivr.bounds import Malformed
from ivr.number_forms import bare, is_number
from ivr.secret import Secret

log = logging.getLogger(__name__)

LONGEST = 1000
"""Most characters of all replies of a session."""

REASON = "X-Firstline-Reason"
"""The header of a rejected request that says why, to the operator of the gateway."""

_BODY = 16 * 1024
_DEADLINE = 10.0
"""Seconds in which the body of a request must arrive."""


class RefusedError(Exception):
    """A request that is rejected with this HTTP status; the text says why to the operator.

    The subscriber with the ``number``, which may be unknown and "", is shown the ``prompt``.
    """

    def __init__(self, status: int, text: str, number: str = "", prompt: str = TROUBLE) -> None:
        super().__init__(text)
        self.status = status
        self.number = number
        self.prompt = prompt


class GatewayError(Exception):
    """The gateway cannot listen; the text says what to do."""


class _Asked(Struct, frozen=True):
    """A request with the protocol's names."""

    sessionId: str  # noqa: N815 - the names of the protocol
    serviceCode: str  # noqa: N815 - the names of the gateway
    phoneNumber: str  # noqa: N815 - the names of the gateway
    text: str = ""


_SHAPES = (
    ("sessionId", re.compile(r"[\x21-\x7e]{1,100}"), "1 to 100 characters without a space"),
    ("serviceCode", re.compile(r"([0-9*#]{2,20})?"), "a code such as *100#"),
)


_decoder = msgspec.json.Decoder(_Asked)


def _read(body: bytes | dict[str, str]) -> _Asked:
    if isinstance(body, bytes):
        return bounds.read(body, _decoder)
    return msgspec.convert(body, _Asked)


def parsed(body: bytes | dict[str, str]) -> Request:
    """Parse a request from JSON or from the fields of a form; raises :class:`RefusedError`."""
    try:
        asked = _read(body)
    except (Malformed, msgspec.ValidationError) as error:
        raise RefusedError(400, f"malformed request: {error}") from None
    number = asked.phoneNumber
    session = re.sub("[+ ]", "", asked.sessionId)  # a form may turn each plus into a space
    if not is_number(bare(number, "")):  # its plan is looked at later
        raise RefusedError(400, "phoneNumber must be a number, in any usual form")
    for (name, shape, expected), value in zip(
        _SHAPES, (session, asked.serviceCode.strip()), strict=True
    ):
        if not shape.fullmatch(value):
            raise RefusedError(400, f"{name} must be {expected}", number)
    if len(asked.text) > LONGEST:
        text = f"text is longer than {LONGEST} characters: begin a new session"
        raise RefusedError(413, text, number, OVER)
    return Request(session, asked.serviceCode.strip(), number, asked.text)


async def answered(sessions: Sessions, body: bytes | dict[str, str]) -> str:
    """The answer to a request; raises :class:`RefusedError`."""
    request = parsed(body)
    try:
        page = await sessions.answer(request)
    except MismatchError as error:
        raise RefusedError(409, str(error), request.number, OVER) from None
    return f"{'END' if page.last else 'CON'} {page.text}"


async def answered_or_refused(sessions: Sessions, body: bytes) -> str:
    """The answer to a request in JSON, or the reason of a rejection as an ``END`` page."""
    try:
        return await answered(sessions, body)
    except RefusedError as error:
        return f"END {error}"


@asynccontextmanager
async def serve(
    address: tuple[str, int], sessions: Sessions, token: Secret, allow: Sequence[str]
) -> AsyncIterator[int]:
    """Answer gateways that know the token, from allowed addresses; yields the port."""
    handler = _Handler(sessions, token, allow)
    app = web.Application(client_max_size=_BODY)
    app.add_routes([web.post("/ussd", handler.ask)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, *address)
        try:
            await site.start()
        except OSError as error:
            where, why = f"{address[0]}:{address[1]}", str(error.strerror).rpartition(": ")[2]
            raise GatewayError(
                f"the USSD gateway cannot listen on {where} ({why}): "
                "choose another host or port under [ussd]"
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(wanted: UssdSettings, token: Secret, sessions: Sessions) -> AsyncIterator[None]:
    """The gateway while the context lasts, if it is enabled in the settings."""
    async with AsyncExitStack() as stack:
        if wanted.enabled:
            address = (wanted.host, wanted.port)
            entered = serve(address, sessions, token, wanted.allow)
            port = await stack.enter_async_context(entered)
            log.info("the USSD gateway listens at http://%s:%d/ussd", wanted.host, port)
        yield


class _Handler:
    """Authenticates and answers requests."""

    def __init__(self, sessions: Sessions, token: Secret, allow: Sequence[str]) -> None:
        self._sessions = sessions
        self._expected = f"Bearer {token.reveal()}".encode()
        self._networks = Networks(allow)

    async def ask(self, request: web.Request) -> web.Response:
        """Answer a request with a line that the gateway can show."""
        try:
            self._admit(request)
            text = await answered(self._sessions, await _body(request))
        except RefusedError as error:
            log.warning(
                "a request of the USSD gateway at %s was rejected: %s", request.remote, error
            )
            return await self._rejected(error)
        except Exception:
            log.exception("USSD gateway %s: request failed", request.remote)
            return await self._rejected(
                RefusedError(500, "internal error: see the log of Firstline")
            )
        return web.Response(text=text)

    async def _rejected(self, error: RefusedError) -> web.Response:
        """The subscriber is shown a page in the subscriber's language; the header says why."""
        page = await self._sessions.page(error.prompt, error.number)
        reason = str(error).encode("ascii", "replace").decode()
        headers = {REASON: "".join(sign if sign.isprintable() else " " for sign in reason)}
        return web.Response(text=f"END {page.text}", status=error.status, headers=headers)

    def _admit(self, request: web.Request) -> None:
        if not self._networks.admit(request.remote):
            raise RefusedError(403, f"{request.remote} is not allowed here: see allow under [ussd]")
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._expected):
            text = "the token is wrong: send `Authorization: Bearer` and ussd of secrets.toml"
            raise RefusedError(401, text)


async def _body(request: web.Request) -> bytes | dict[str, str]:
    """The JSON, or the fields of the form."""
    try:
        async with asyncio.timeout(_DEADLINE):
            if request.content_type == "application/json":
                return await request.read()
            if request.content_type == "application/x-www-form-urlencoded":
                form = await request.post()
                return {key: value for key, value in form.items() if isinstance(value, str)}
    except web.HTTPRequestEntityTooLarge:
        raise RefusedError(413, f"the request is longer than {_BODY} bytes") from None
    except TimeoutError:
        raise RefusedError(408, f"the request did not arrive in {_DEADLINE:g} s") from None
    except (UnicodeDecodeError, LookupError, ValueError):
        raise RefusedError(400, "the request is not UTF-8 text") from None
    raise RefusedError(415, "send a form (application/x-www-form-urlencoded) or application/json")
