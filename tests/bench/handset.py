"""A phone that measures: plain SIP and RTP over UDP, for a bench on loopback.

It knows what a prompt sounds like packet by packet (:class:`Tape`, learnt from a first call), so
the first packet that the prompt would not have gone on with is the first of the next one.
"""

import random
import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from tests.bench.rig import CALLER, Rig

Tape: TypeAlias = list[bytes]
"""The payloads of a prompt, 20 ms each."""

EVENT = 101
"""The payload type of keys (RFC 4733) in our SDP."""

_TIMESTAMPNS = 35  # SO_TIMESTAMPNS of Linux: the kernel stamps each packet as it comes
_TICK = 0.02
_PRESS = 5  # packets of a key before its end: 100 ms, over Asterisk's least duration of 80 ms
_PATIENCE = 5.0


class HandsetError(Exception):
    """The call did not go as it should; the measurement is void."""


class Ear:
    """What comes in over RTP: payloads with the times (ns) at which the kernel got them."""

    def __init__(self, rtp: socket.socket) -> None:
        self._rtp = rtp
        self._rtp.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
        self._rtp.settimeout(_PATIENCE)

    def packet(self) -> tuple[bytes, int]:
        """The next packet of sound."""
        try:
            data, extra, _, _ = self._rtp.recvmsg(2048, 64)
        except TimeoutError:
            raise HandsetError(f"no sound for {_PATIENCE:g} s") from None
        seconds, nanoseconds = struct.unpack("qq", extra[0][2])
        return data[12:], seconds * 1_000_000_000 + nanoseconds

    def tape(self, packets: int) -> Tape:
        """The next ``packets``."""
        return [self.packet()[0] for _ in range(packets)]

    def follow(self, tape: Tape, packets: int, at: int = 0) -> int:
        """Hear ``packets`` of a prompt from its packet ``at`` on; the number of the next one."""
        for number in range(at, at + packets):
            if self.packet()[0] != tape[number]:
                raise HandsetError("the prompt is not the one that was learnt")
        return at + packets

    def turn(self, tape: Tape, at: int) -> int:
        """When the first packet came that is not the prompt's any more."""
        for expected in tape[at:]:
            payload, when = self.packet()
            if payload != expected:
                return when
        raise HandsetError("the prompt went on after the key")


class Handset:
    """One call."""

    def __init__(self, rtp: socket.socket, remote: tuple[str, int]) -> None:
        self.ear = Ear(rtp)
        self._rtp = rtp
        self._remote = remote
        self._sequence = random.randrange(30_000)
        self._source = random.getrandbits(32)

    def press(self, key: int) -> int:
        """Press a key for 100 ms and say when its end was sent (ns)."""
        stamp = time.monotonic_ns() // 125_000 & 0xFFFFFFFF
        for number in range(1, _PRESS + 1):
            self._event(key, stamp, number, first=number == 1)
            time.sleep(_TICK)
        released = time.time_ns()
        for _ in range(3):
            self._event(key, stamp, _PRESS + 1, last=True)
        return released

    def _event(
        self, key: int, stamp: int, ticks: int, first: bool = False, last: bool = False
    ) -> None:
        self._sequence += 1
        head = struct.pack("!BBHII", 0x80, EVENT | first << 7, self._sequence, stamp, self._source)
        self._rtp.sendto(head + struct.pack("!BBH", key, last << 7 | 10, ticks * 160), self._remote)


@contextmanager
def dialled(rig: Rig, number: str) -> Iterator[Handset]:
    """A call to ``number`` that was answered; hung up at the end."""
    with _udp(rig.host) as sip, _udp(rig.host) as rtp:
        dialog = _Dialog(sip, rig, number)
        answer = dialog.invite(rtp.getsockname()[1])
        media = re.search(r"^m=audio (\d+)", answer, re.MULTILINE)
        if media is None:
            raise HandsetError(f"the answer has no sound: {answer}")
        try:
            yield Handset(rtp, (rig.host, int(media[1])))
        finally:
            dialog.bye()


def _udp(host: str) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((host, 0))
    return one


class _Dialog:
    """The SIP side of a call."""

    def __init__(self, sip: socket.socket, rig: Rig, number: str) -> None:
        self._sip = sip
        self._sip.settimeout(0.5)
        self._peer = (rig.host, rig.port)
        self._here = "{}:{}".format(*sip.getsockname())
        self._uri = f"sip:{number}@{rig.host}:{rig.port}"
        self._to = f"<{self._uri}>"
        self._id = f"{random.getrandbits(64):x}"
        self._target = self._uri

    def invite(self, port: int) -> str:
        """Call, with our sound at ``port``, and return the answer."""
        host = self._peer[0]
        sdp = "\r\n".join(
            ("v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0",
             f"m=audio {port} RTP/AVP 8 {EVENT}", "a=rtpmap:8 PCMA/8000",
             f"a=rtpmap:{EVENT} telephone-event/8000", f"a=fmtp:{EVENT} 0-15", "")
        )  # fmt: skip
        answer = self._ask(self._request("INVITE", 1, sdp))
        to = re.search(r"^To: *(.+?)\r$", answer, re.MULTILINE | re.IGNORECASE)
        contact = re.search(r"^Contact: *<(.+?)>", answer, re.MULTILINE | re.IGNORECASE)
        if " 200 " not in answer.partition("\r\n")[0] or not (to and contact):
            raise HandsetError(f"the call was not answered: {answer}")
        self._to, self._target = to[1], contact[1]
        self._sip.sendto(self._request("ACK", 1), self._peer)
        return answer

    def bye(self) -> None:
        """Hang up."""
        self._ask(self._request("BYE", 2))

    def _ask(self, request: bytes) -> str:
        """Send, again and again, until there is a final answer."""
        late = time.monotonic() + _PATIENCE
        heard = False
        while time.monotonic() < late:
            if not heard:
                self._sip.sendto(request, self._peer)
            try:
                text = self._sip.recv(65535).decode()
            except TimeoutError:
                continue
            heard = text.startswith("SIP/2.0 1")
            if text.startswith("SIP/2.0") and not heard:
                return text
        raise HandsetError(f"no answer in {_PATIENCE:g} s to {request.decode()}")

    def _request(self, method: str, number: int, body: str = "") -> bytes:
        lines = (
            f"{method} {self._target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._here};rport;branch=z9hG4bK{self._id}{method}",
            f"From: <sip:{CALLER}@{self._here}>;tag={self._id}",
            f"To: {self._to}",
            f"Call-ID: {self._id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{CALLER}@{self._here}>",
            "Max-Forwards: 70",
            *(("Content-Type: application/sdp",) if body else ()),
            f"Content-Length: {len(body)}",
            "",
            body,
        )
        return "\r\n".join(lines).encode()
