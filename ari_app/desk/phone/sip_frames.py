"""Looks at each SIP message of a browser before Asterisk gets it: a pure function.

A browser speaks for its own account alone. It proves itself with the secret of its session
(RFC 7616, digest with MD5); Asterisk gets the proof of the account's password instead, which the
browser does not know.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from ari_app.desk.phone.account import BrowserPhone

# fmt: off
METHODS = frozenset((
    "REGISTER", "INVITE", "ACK", "BYE", "CANCEL", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY",
    "OPTIONS",
))
# fmt: on
"""What a phone may ask."""

_REQUEST = re.compile(r"([A-Z]+) (sips?:\S+) SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 [1-6][0-9]{2}(?: .*)?")
_HEADER = re.compile(r"([A-Za-z0-9.!%*_+`'~-]+)[ \t]*:[ \t]*(.*)")
_USER = re.compile(r"(?:[^<>\"]|\"[^\"]*\")*?<?sips?:([^@;>\s]+)@")
_TAG = re.compile(r";\s*tag=", re.IGNORECASE)
_FIELD = re.compile(r"([a-z]+)\s*=\s*(?:\"([^\"]*)\"|([^\",\s]+))", re.IGNORECASE)
_SHORT = {"f": "from", "t": "to"}
_PROOFS = ("authorization", "proxy-authorization")


class FrameRefused(Exception):  # noqa: N818 - named by what is so, not as an error
    """A message must not reach Asterisk; the text says why."""


class _Message(Struct, frozen=True):
    """The lines before the body, the body, and the headers that are looked at."""

    lines: Sequence[str]
    body: str
    headers: Mapping[str, str]


def checked(text: str, phone: BrowserPhone, secret: str) -> str:
    """What Asterisk gets of a browser's message; raises :class:`FrameRefused`.

    ``secret`` is the one of the session.
    """
    if not text.strip("\r\n"):
        return text  # a keep-alive (RFC 5626)
    message = _parsed(text)
    request = _REQUEST.fullmatch(message.lines[0])
    if request is None:
        if _RESPONSE.fullmatch(message.lines[0]):
            return text
        raise FrameRefused("it is no SIP message")
    method, headers = request[1], message.headers
    if method not in METHODS:
        raise FrameRefused(f"{method} is no request of a phone")
    begins = not _TAG.search(headers.get("to", ""))
    if (begins or method == "REGISTER") and _user(headers.get("from", "")) != phone.user:
        raise FrameRefused(f"its From is not {phone.user}")
    if method == "REGISTER" and _user(headers.get("to", "")) != phone.user:
        raise FrameRefused(f"it registers another than {phone.user}")
    lines = [_proved(line, method, phone, secret) for line in message.lines]
    return "\r\n".join(lines) + "\r\n\r\n" + message.body


def _parsed(text: str) -> _Message:
    head, end, body = text.partition("\r\n\r\n")
    lines, headers = head.split("\r\n"), dict[str, str]()
    if not end or "\n" in head.replace("\r\n", "") or "\r" in head.replace("\r\n", ""):
        raise FrameRefused("its lines do not end as SIP has them")
    for line in lines[1:]:
        found = _HEADER.fullmatch(line)
        if found is None:
            raise FrameRefused("it has a line that is no header")
        name = _name(found[1])
        if name in ("from", "to", *_PROOFS):
            if name in headers:
                raise FrameRefused(f"it has {name} twice")
            headers[name] = found[2]
    return _Message(lines, body, headers)


def _name(given: str) -> str:
    name = given.lower()
    return _SHORT.get(name, name)


def _user(address: str) -> str:
    found = _USER.match(address)
    return found[1] if found else ""


def _proved(line: str, method: str, phone: BrowserPhone, secret: str) -> str:
    """A header; the proof of the secret becomes that of the password."""
    name, _, value = line.partition(":")
    if _name(name.strip()) not in _PROOFS or " SIP/2.0" in line:
        return line
    scheme, _, rest = value.strip().partition(" ")
    fields = {key.lower(): quoted or bare for key, quoted, bare in _FIELD.findall(rest)}
    if scheme.lower() != "digest" or fields.get("username") != phone.user:
        raise FrameRefused(f"it is not {phone.user} who proves themselves")
    if fields.get("algorithm", "MD5").upper() != "MD5" or fields.get("qop", "auth") != "auth":
        raise FrameRefused("its digest is not MD5 with qop=auth")
    given, wanted = fields.get("response", ""), _digest(fields, method, secret)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise FrameRefused("the secret is not that of its session")
    proof = _digest(fields, method, phone.password.reveal())
    return f"{name}: {scheme} " + re.sub(
        r"(\bresponse\s*=\s*)(\"[^\"]*\"|[^\",\s]+)", rf'\g<1>"{proof}"', rest, flags=re.IGNORECASE
    )


def _digest(fields: Mapping[str, str], method: str, password: str) -> str:
    """The response of RFC 7616, 3.4.1."""
    of_user = _md5(f"{fields['username']}:{fields.get('realm', '')}:{password}")
    of_request = _md5(f"{method}:{fields.get('uri', '')}")
    nonce = fields.get("nonce", "")
    if "qop" in fields:
        nonce += f":{fields.get('nc', '')}:{fields.get('cnonce', '')}:{fields['qop']}"
    return _md5(f"{of_user}:{nonce}:{of_request}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
