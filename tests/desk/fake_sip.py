"""The other end of a phone in the browser, without Asterisk: SIP of one account, without media."""

import asyncio
import re

from playwright.async_api import Page, WebSocketRoute

from tests.deadlines import within

ACCOUNT = {"uri": "sip:701@desk", "user": "701", "secret": "s3cret", "socket": "/phone"}
OFFER = "\r\n".join(
    (
        *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"),
        *("a=ice-ufrag:abcd", f"a=ice-pwd:{'p' * 24}", "a=setup:actpass"),
        f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}",
        *("m=audio 4000 UDP/TLS/RTP/SAVPF 8 101", "a=rtpmap:8 PCMA/8000"),
        *("a=rtpmap:101 telephone-event/8000", "a=rtcp-mux", "a=sendrecv", ""),
    )
)
US = "<sip:caller@desk>;tag=us"


class FakeSip:
    """Registers every page that asks, and rings it. ``said`` are the requests and the answers that
    the page sends but for registrations, by their first words: ``BYE``, ``486``, ``200 INVITE``.
    ``account`` is what the page learns of its phone, None if it has none."""

    def __init__(self) -> None:
        self.account: dict[str, str] | None = ACCOUNT
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.registered = asyncio.Event()
        self._socket: WebSocketRoute | None = None
        self._contact = ""
        self._calls = 0
        self._talks = ("", "")

    async def serve(self, page: Page) -> None:
        """Be what the page finds at its phone's socket, also after it is loaded again."""
        await page.route_web_socket(re.compile("/phone$"), self._open)

    def _open(self, route: WebSocketRoute) -> None:
        self._socket = route
        route.on_message(lambda said: self._heard(str(said)))

    async def close(self, code: int) -> None:
        """Close the socket, as the server does."""
        assert self._socket is not None
        self.registered.clear()
        await self._socket.close(code=code)

    async def says(self, words: str) -> None:
        """Wait until the page says this."""
        async with within(20):
            while await self.said.get() != words:
                pass

    def ring(self, number: str, name: str = "", clicked: bool = False) -> None:
        """Call the page; ``clicked``: as if its agent had asked for that."""
        self._calls += 1
        who = f'"{name}" <sip:{number}@desk>;tag=us'
        self._send("INVITE", who, f"call-{self._calls}", body=OFFER, clicked=clicked)

    def hang_up(self) -> None:
        """End the call, as its caller does."""
        self._send("BYE", US, *self._talks)

    def _send(
        self,
        method: str,
        caller: str,
        call: str,
        tag: str = "",
        body: str = "",
        clicked: bool = False,
    ) -> None:
        number = 1000 if method == "BYE" else 1
        lines = [
            f"{method} {self._contact} SIP/2.0",
            f"Via: SIP/2.0/WS desk;branch=z9hG4bK{method}{call}",
            f"From: {caller}",
            f"To: <sip:701@desk>{tag}",
            f"Call-ID: {call}",
            f"CSeq: {number} {method}",
            "Contact: <sip:asterisk@desk;transport=ws>",
            "Max-Forwards: 70",
            *(["X-Firstline-Clicked: yes"] if clicked else []),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        assert self._socket is not None
        self._socket.send("\r\n".join([*lines, "", body]))

    def _heard(self, text: str) -> None:
        if not text.strip():
            return
        head, _, _body = text.partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        found = dict(line.split(": ", 1) for line in rest)
        if first.startswith("SIP/2.0"):
            code, method = first.split()[1], found["CSeq"].split()[1]
            if int(code) < 200:
                return
            call = (found["Call-ID"], ";" + found["To"].partition(";")[2])
            if (code, method) == ("200", "INVITE"):
                self._talks = call
            self.said.put_nowait(f"{code} {method}")
            if method == "INVITE":
                self._send("ACK", US, *call)
            return
        method = first.split()[0]
        if method == "REGISTER":
            self._contact = found["Contact"].partition("<")[2].partition(">")[0]
            self.registered.set()
        elif method != "ACK":
            self.said.put_nowait(method)
        if method != "ACK":
            self._answer(found, method)

    def _answer(self, found: dict[str, str], method: str) -> None:
        body = OFFER.replace("actpass", "passive") if method == "INVITE" else ""
        names = ("Via", "From", "Call-ID", "CSeq")
        to = found["To"] if ";tag=" in found["To"] else f"{found['To']};tag=us"
        lines = [
            "SIP/2.0 200 OK",
            *(f"{name}: {found[name]}" for name in names),
            f"To: {to}",
            f"Contact: {found.get('Contact', '<sip:asterisk@desk;transport=ws>')}",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        assert self._socket is not None
        self._socket.send("\r\n".join([*lines, "", body]))
