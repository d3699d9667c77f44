"""The WebSocket of the phone in a browser, behind the session, forwarded to Asterisk.

It closes with 4401 when the browser must sign in, 4403 when the agent's phone is none in the
browser, 4409 when another browser of the agent registered, 1008 after a message that a phone does
not send, and 1013 when Asterisk is unavailable.
"""

import asyncio
import logging
from contextlib import suppress

from aiohttp import ClientWebSocketResponse, WSMsgType, web
from msgspec import Struct

from ari_app.desk.phone.account import BrowserPhone, BrowserPhones, session_secret
from ari_app.desk.phone.ringing import RingingCalls
from ari_app.desk.phone.sip_frames import FrameRefused, checked
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.web.accounts import AccountsBusy
from ari_app.desk.web.http_security import SIGN_IN_REQUIRED, SIGNED_IN
from ari_app.desk.web.sessions import Sessions, SignedIn
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

LONGEST = 32 * 1024
"""Bytes of a SIP message; an offer of a browser has about 5,000."""
HEARTBEAT = 10.0
"""Seconds between pings; a browser that answers none is gone, and so is its registration."""
CLOSING = 1.0
"""Seconds that a browser gets to close its side."""
PACE = Rate(burst=60, each=0.1)
"""Messages of a phone; faster ones are delayed."""
REFUSED, UNAVAILABLE = 1008, 1013
NO_PHONE, TAKEN_OVER = 4403, 4409


class _Open(Struct, frozen=True, eq=False):
    """A phone that is connected, and both its sides."""

    signed_in: SignedIn
    phone: BrowserPhone
    browser: web.WebSocketResponse
    asterisk: ClientWebSocketResponse
    ringing: RingingCalls

    @property
    def agent(self) -> str:
        """The login of its agent."""
        return self.signed_in.user.name


class PhoneSockets:
    """Serves the phones of all browsers."""

    def __init__(self, phones: BrowserPhones, sessions: Sessions) -> None:
        self._phones = phones
        self._sessions = sessions
        self._open: set[_Open] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Forward messages between a browser and Asterisk until either closes."""
        browser = web.WebSocketResponse(
            protocols=("sip",), heartbeat=HEARTBEAT, max_msg_size=LONGEST, timeout=CLOSING
        )
        await browser.prepare(request)
        signed_in = request[SIGNED_IN]
        agent = signed_in.user.name
        phone = self._phones.of(agent)
        if phone is None:
            await browser.close(code=NO_PHONE, message=b"the phone is none in the browser")
            return browser
        try:
            async with self._phones.connect() as asterisk:
                await self._relay(_Open(signed_in, phone, browser, asterisk, RingingCalls()))
        except DeskUnavailable as error:
            log.error("the phone of %s is not connected: %s", agent, error)
        except Exception:  # the outermost frame of a phone; its page reconnects
            log.exception("the phone of %s failed", agent)
        if not browser.closed:
            await browser.close(code=UNAVAILABLE, message=b"Asterisk is unavailable")
        return browser

    async def recheck(self) -> None:
        """Close the phones whose session ended, or whose agent has another phone now."""
        for one in tuple(self._open):
            await self._recheck(one)

    async def _recheck(self, one: _Open) -> None:
        if self._phones.of(one.agent) != one.phone:
            await self._close(one, NO_PHONE, "the phone changed")
        elif await self._ended(one.signed_in):
            await self._close(one, SIGN_IN_REQUIRED, "sign in")

    async def close_all(self) -> None:
        """Close every phone: the server stops."""
        for one in tuple(self._open):
            await self._close(one, 1001, "the desk stops")

    async def _ended(self, signed_in: SignedIn) -> bool:
        try:
            return await self._sessions.ended(signed_in)
        except AccountsBusy as error:
            log.warning("session of %s not checked: %s", signed_in.user.name, error)
            return False

    async def _relay(self, one: _Open) -> None:
        self._open.add(one)
        to_browser = asyncio.create_task(self._from_asterisk(one))
        try:
            await self._recheck(one)  # it may have changed while Asterisk was connected
            await self._from_browser(one)
        finally:
            self._open.discard(one)
            to_browser.cancel()
            await asyncio.gather(to_browser, return_exceptions=True)
            await _refuse(one)

    async def _from_browser(self, one: _Open) -> None:
        pace, clock = RateLimit(PACE), asyncio.get_running_loop().time
        secret = session_secret(one.phone, one.signed_in.session.csrf)
        async for frame in one.browser:
            if frame.type is not WSMsgType.TEXT:
                continue
            if wait := pace.wait(one, clock()):
                await asyncio.sleep(wait)
                pace.wait(one, clock())
            try:
                text = checked(frame.data, one.phone, secret)
            except FrameRefused as error:
                log.warning("a message of the phone of %s is refused: %s", one.agent, error)
                await self._close(one, REFUSED, "refused")
                return
            if text.startswith("REGISTER "):
                await self._take_over(one)
            one.ringing.from_browser(text)
            try:
                await one.asterisk.send_str(text)
            except ConnectionError:
                return

    async def _from_asterisk(self, one: _Open) -> None:
        """Forward what Asterisk sends; close the browser's side when it closes first."""
        try:
            async for frame in one.asterisk:
                data = frame.data
                text = data.decode(errors="replace") if isinstance(data, bytes) else str(data)
                one.ringing.from_asterisk(text)
                await one.browser.send_str(text)
        except ConnectionError:
            return
        if one in self._open:
            await one.browser.close(code=UNAVAILABLE, message=b"Asterisk is unavailable")

    async def _take_over(self, one: _Open) -> None:
        """The newest browser of an agent has the phone."""
        for other in tuple(self._open):
            if other is not one and other.agent == one.agent:
                await self._close(other, TAKEN_OVER, "another browser has the phone")

    async def _close(self, one: _Open, code: int, why: str) -> None:
        self._open.discard(one)
        await _refuse(one)
        await one.asterisk.close()
        await one.browser.close(code=code, message=why.encode())


async def _refuse(one: _Open) -> None:
    """Refuse what rings in a browser that is gone."""
    for answer in one.ringing.refusals():
        with suppress(ConnectionError):
            await one.asterisk.send_str(answer)
