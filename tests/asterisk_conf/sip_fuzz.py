"""SIP that no phone sends, over UDP and TCP: seeded, more on demand (see :mod:`tests.fuzz`)."""

import random
import socket
from collections.abc import Iterator

from tests.deadlines import allowed
from tests.fuzz import rounds

METHODS = ("INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY",
           "INFO", "UPDATE", "PRACK", "ACK", "BYE", "CANCEL", "X")  # fmt: skip
USERS = ("611", "*100%23", "701", "8123", "1001", "anonymous", "%00", "${EXTEN}", "a" * 3000,
         "611;x=y", "611@x@y", "<script>", "..%2f..", "é", "s", "h", "T", "i", "")  # fmt: skip
TEXTS = ("", "x" * 20_000, "\0", "%n%s", "${SHELL(id)}", "\x80\xff", '"', "<", ";;;;", "-1", "🙈",
         "18446744073709551616", "a\r\n b", "sip:", "<sip:[::1>", "=?utf-8?q?x?=")  # fmt: skip
SDPS = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8\r\n",
    "v=0\r\nm=audio -1 RTP/AVP 999999999999\r\n",
    "v=0\r\no=- 1 1 IN IP4 ::\r\ns=-\r\nc=IN IP4 999.999.999.999\r\nt=0 0\r\n"
    + "m=audio 0 RTP/AVP 0\r\n" * 200,
    "v=0\r\n" + "a=" + "x" * 8000,
    "\0\1\2\3",
    "",
)
HEADERS = ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Expires", "Replaces",
           "Refer-To", "Diversion", "P-Asserted-Identity", "Authorization", "Session-Expires",
           "Require", "Supported", "Event", "Route", "Record-Route", "Content-Type",
           "Content-Length", "X-Any")  # fmt: skip


def messages(number: int, address: str, port: int) -> Iterator[bytes]:
    """So many messages to an Asterisk on ``port``, from an address."""
    for at, chance in enumerate(rounds(number)):
        yield _message(chance, f"{at}", address, port)


def _message(chance: random.Random, id: str, address: str, port: int) -> bytes:
    method, user = chance.choice(METHODS), chance.choice(USERS)
    body = chance.choice(SDPS) if method in ("INVITE", "UPDATE") else chance.choice(TEXTS)
    fields = {
        "Via": f"SIP/2.0/UDP {address}:5079;rport;branch=z9hG4bK{id}",
        "From": f'"{chance.choice(TEXTS[2:9])}" <sip:{chance.choice(USERS)}@{address}>;tag={id}',
        "To": f"<sip:{user}@127.0.0.1>",
        "Call-ID": f"fuzz-{id}-{address}",
        "CSeq": f"1 {method}",
        "Contact": f"<sip:x@{address}:5079>",
        "Max-Forwards": "70",
        "Content-Type": "application/sdp" if body.startswith("v=") else "text/plain",
    }
    for name in chance.choices(HEADERS, k=chance.randint(0, 2)):
        fields[name] = chance.choice((*TEXTS, *(f"<sip:{user}@127.0.0.1>" for user in USERS)))
    if chance.random() < 0.15:
        fields.pop(chance.choice([*fields]))
    lines = [f"{method} sip:{user}@127.0.0.1:{port} SIP/2.0"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    size = len(body.encode("utf-8", "replace"))
    lines.append(f"Content-Length: {chance.choice((size, size, size, 0, -1, 10**12))}")
    raw = "\r\n".join([*lines, "", body]).encode("utf-8", "replace")
    if chance.random() < 0.2:
        cut = bytearray(raw)
        for _ in range(chance.randint(1, 20)):
            cut[chance.randrange(len(cut))] = chance.randrange(256)
        raw = bytes(cut[: chance.randrange(1, len(cut) + 1)])
    return raw[:60_000]


def attack(port: int, address: str, number: int) -> int:
    """Send messages from an address, each tenth in two pieces over TCP; returns how many."""
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((address, 0))
        for sent, raw in enumerate(messages(number, address, port), 1):
            if sent % 10:
                udp.sendto(raw, ("127.0.0.1", port))
                continue
            with socket.socket() as tcp:
                tcp.bind((address, 0))
                tcp.settimeout(allowed(5))
                tcp.connect(("127.0.0.1", port))
                tcp.sendall(raw[: len(raw) // 2])
                tcp.sendall(raw[len(raw) // 2 :])
    return sent
