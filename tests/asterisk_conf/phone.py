"""A small telephone: one call over UDP with digest, keys of all kinds, and an ear for sound."""

import hashlib
import math
import re
import select
import socket
import struct
import time
import uuid
from types import TracebackType
from typing import Self

from tests.deadlines import allowed

_DEADLINE = 15.0
_SILENCE = {0x55, 0xD5}  # A-law's two zeros
_TONES = {"1": (697, 1209), "2": (697, 1336), "5": (770, 1336), "#": (941, 1477)}

G711 = """m=audio {port} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
"""
"""What a usual phone offers; ``{port}`` is its own."""


class Phone:
    """Calls as account ``user``, whose number it ``claims`` to be, proved as account ``login``.

    ``offer`` is the media part of its SDP, ``address`` the loopback address that it calls from,
    ``asserted`` what it says in P-Asserted-Identity, by default what it claims; "" for none.
    """

    def __init__(
        self,
        port: int,
        user: str,
        password: str = "",
        *,
        claims: str = "",
        login: str = "",
        offer: str = G711,
        address: str = "127.0.0.1",
        asserted: str | None = None,
    ) -> None:
        self.server = ("127.0.0.1", port)
        self.user, self.password, self.offer, self.address = user, password, offer, address
        self.claims, self.login = claims or user, login or user
        self.asserted = self.claims if asserted is None else asserted
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for each in (self.sip, self.rtp):
            each.bind((address, 0))
            each.settimeout(allowed(_DEADLINE))
        self.answer = ""
        self.call_id, self.tag, self.cseq = uuid.uuid4().hex, uuid.uuid4().hex[:8], 0
        self.uri = self.to = self.auth = self.branch = ""
        self.media = ("", 0)
        self.sent = 0
        self.more: list[str] = []
        """Further headers of requests."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.sip.close()
        self.rtp.close()

    def dial(self, number: str) -> int:
        """Call ``number``: the final status. 200 means that the call is up."""
        self.uri = f"sip:{number}@127.0.0.1:{self.server[1]}"
        self.to = f"<{self.uri}>"
        status, answer = self._request("INVITE", self._sdp())
        if status == 401:
            self._acknowledge(status)
            self.auth = self._digest(answer, "INVITE")
            status, answer = self._request("INVITE", self._sdp())
        if status == 200:
            self.to, self.answer = _header(answer, "To"), answer
            port = re.search(r"m=audio (\d+)", answer)
            assert port, answer
            self.media = ("127.0.0.1", int(port[1]))
        self._acknowledge(status)
        return status

    def hears_sound(self) -> bool:
        """Whether something other than silence comes before the deadline."""
        late = time.monotonic() + allowed(_DEADLINE)
        while time.monotonic() < late:
            readable, _, _ = select.select([self.rtp], [], [], max(0, late - time.monotonic()))
            if readable and not set(self.rtp.recv(2048)[12:]) <= _SILENCE:
                return True
        return False

    def listen(self, seconds: float) -> bytes:
        """The sound that comes in so many seconds, in A-law; as much silence is sent back."""
        sound, late = b"", time.monotonic() + seconds
        while (left := late - time.monotonic()) > 0:
            if select.select([self.rtp], [], [], left)[0]:
                packet = self.rtp.recv(2048)
                if packet[1] & 0x7F == 8:
                    sound += packet[12:]
                    self._send_rtp(8, 160 * (self.sent + 1), b"\xd5" * 160)
        return sound

    def speak(self, seconds: float) -> None:
        """Send silence for so many seconds, whatever comes."""
        late = time.monotonic() + seconds
        while time.monotonic() < late:
            self._send_rtp(8, 160 * (self.sent + 1), b"\xd5" * 160)
            time.sleep(0.02)  # RTP is sent in real time

    def press(self, key: str) -> None:
        """One key as RFC 4733 events: 100 ms, its end said three times."""
        event, began = "0123456789*#".index(key), 160 * (self.sent + 1)
        for at, (end, duration) in enumerate(
            [(0, 160), (0, 480), (0x80, 800), (0x80, 800), (0x80, 800)]
        ):
            kind = 101 | (0x80 if at == 0 else 0)
            self._send_rtp(kind, began, struct.pack("!BBH", event, end | 10, duration))

    def _send_rtp(self, kind: int, at: int, payload: bytes) -> None:
        self.sent += 1
        head = struct.pack("!BBHII", 0x80, kind, self.sent, at, 7)
        self.rtp.sendto(head + payload, self.media)

    def press_in_band(self, key: str) -> None:
        """One key as a tone of 120 ms in A-law, and 200 ms of silence after it."""
        pcm = [
            sum(4000 * math.sin(2 * math.pi * tone * at / 8000) for tone in _TONES[key])
            for at in range(960)
        ]
        sound = bytes(map(_a_law, pcm)) + b"\xd5" * 1600
        for sequence, at in enumerate(range(0, len(sound), 160)):
            head = struct.pack("!BBHII", 0x80, 8, sequence, 1600 + at, 7)
            self.rtp.sendto(head + sound[at : at + 160], self.media)
            time.sleep(0.02)  # RTP is sent in real time

    def inform(self, kind: str, body: str) -> int:
        """Send an INFO of the call: the status."""
        return self._authorized("INFO", body, kind)

    def register(self) -> int:
        """Register the account here: the status."""
        self.uri = f"sip:127.0.0.1:{self.server[1]}"
        self.to = f"<sip:{self.user}@127.0.0.1>"
        return self._authorized("REGISTER")

    def forwards(self, number: str) -> None:
        """Wait for a call, and forward it to a number (302). Keep-alives are answered."""
        asked = self._asked("INVITE")
        self._answers(asked, "302 Moved Temporarily", f"Contact: <sip:{number}@127.0.0.1>")

    def refuses(self, status: str) -> None:
        """Wait for a call, and refuse it with a status such as "502 Bad Gateway"."""
        self._answers(self._asked("INVITE"), status)

    def picks_up(self) -> str:
        """Wait for a call, and answer it: the INVITE. No media are sent."""
        asked, own = self._asked("INVITE"), f"{self.address}:{self.sip.getsockname()[1]}"
        more = (f"Contact: <sip:{self.user}@{own}>", "Content-Type: application/sdp")
        self._answers(asked, "200 OK", *more, body=self._sdp())
        self._asked("ACK")
        return asked

    def hangs_up(self, asked: str) -> int:
        """End the call of an INVITE: the status of the answer."""
        self.uri = re.sub(r"[<>]|;.*", "", _header(asked, "Contact"))
        self.to, self.call_id = _header(asked, "From"), _header(asked, "Call-ID")
        return self._request("BYE")[0]

    def is_hung_up(self) -> None:
        """Wait for the end of the call, by the other side."""
        self._answers(self._asked("BYE"), "200 OK")

    def _asked(self, method: str) -> str:
        """Wait for a request; keep-alives are answered."""
        late = time.monotonic() + allowed(_DEADLINE)
        while not (asked := self.sip.recv(8192).decode()).startswith(f"{method} "):
            assert time.monotonic() < late, f"no {method} came"
            if asked.startswith("OPTIONS "):
                self._answers(asked, "200 OK")
        return asked

    def _answers(self, asked: str, status: str, *more: str, body: str = "") -> None:
        """Answer a request."""
        kept = [line for line in asked.splitlines() if line.startswith(("Via:", "From:"))]
        names = ("To", "Call-ID", "CSeq")
        named = [f"{name}: {_header(asked, name)}" for name in names]
        named[0] += "" if "tag=" in named[0] else f";tag={self.tag}"
        lines = [f"SIP/2.0 {status}", *kept, *named, *more, f"Content-Length: {len(body)}"]
        self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.server)

    def transfer(self, number: str) -> int:
        """Send the other side to a number (REFER): the status."""
        self.more = [f"Refer-To: <sip:{number}@127.0.0.1>"]
        try:
            return self._authorized("REFER")
        finally:
            self.more = []

    def hang_up(self) -> int:
        """End the call: the status of the answer."""
        return self._authorized("BYE")

    def _authorized(self, method: str, body: str = "", kind: str = "") -> int:
        self.auth = ""
        status, answer = self._request(method, body, kind)
        if status == 401:
            self.auth = self._digest(answer, method)
            status, _ = self._request(method, body, kind)
        return status

    def _acknowledge(self, status: int) -> None:
        if status == 200:  # RFC 3261, 13.2.2.4: then it is a transaction of its own
            self.branch = uuid.uuid4().hex
        self._send("ACK")

    def _request(self, method: str, body: str = "", kind: str = "") -> tuple[int, str]:
        self.cseq += 1
        self.branch = uuid.uuid4().hex
        self._send(method, body, kind)
        return self._answer(method)

    def _send(self, method: str, body: str = "", kind: str = "") -> None:
        own = f"{self.address}:{self.sip.getsockname()[1]}"
        lines = [
            f"{method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {own};rport;branch=z9hG4bK{self.branch}",
            f'From: "{self.claims}" <sip:{self.user}@127.0.0.1>;tag={self.tag}',
            f"To: {self.to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            f"Contact: <sip:{self.user}@{own}>",
            *([f"P-Asserted-Identity: <sip:{self.asserted}@127.0.0.1>"] if self.asserted else []),
            "Max-Forwards: 70",
            *([self.auth] if self.auth else []),
            *self.more,
            *([f"Content-Type: {kind or 'application/sdp'}"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.server)

    def _answer(self, method: str) -> tuple[int, str]:
        while True:
            text = self.sip.recv(8192).decode()
            if text.startswith("SIP/2.0 ") and f"CSeq: {self.cseq} {method}" in text:
                status = int(text.split()[1])
                if status >= 200:
                    return status, text

    def _digest(self, challenge: str, method: str) -> str:
        fields = dict(re.findall(r'(\w+)="([^"]*)"', _header(challenge, "WWW-Authenticate")))
        first = _md5(f"{self.login}:{fields['realm']}:{self.password}")
        second = _md5(f"{method}:{self.uri}")
        proof = _md5(f"{first}:{fields['nonce']}:00000001:cafe:auth:{second}")
        return (
            f'Authorization: Digest username="{self.login}", realm="{fields["realm"]}", '
            f'nonce="{fields["nonce"]}", uri="{self.uri}", response="{proof}", algorithm=MD5, '
            f'qop=auth, nc=00000001, cnonce="cafe", opaque="{fields.get("opaque", "")}"'
        )

    def _sdp(self) -> str:
        head = f"v=0\no=- 1 1 IN IP4 {self.address}\ns=-\nc=IN IP4 {self.address}\nt=0 0\n"
        media = self.offer.format(port=self.rtp.getsockname()[1])
        return (head + media).replace("\n", "\r\n")


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*?)\r$", message, re.MULTILINE)
    assert found, message
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _a_law(sample: float) -> int:
    """A sample of 16 bits in A-law (G.711, table 1a)."""
    size = min(int(abs(sample)) >> 3, 0xFFF)
    segment = max(0, size.bit_length() - 5)
    return (segment << 4 | (size >> max(1, segment)) & 0xF) ^ (0xD5 if sample >= 0 else 0x55)
