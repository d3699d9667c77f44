"""The SIP account of an agent whose phone is the browser, and where its messages go."""

import hashlib
import hmac
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from aiohttp import ClientWebSocketResponse
from msgspec import Struct

from ivr.secret import Secret

SOCKET = "/phone"
"""The path of the WebSocket."""
DOMAIN = "firstline.invalid"
"""The domain of the accounts' addresses: Asterisk looks at the user alone."""


class BrowserPhone(Struct, frozen=True):
    """An account; browsers never get its ``password``."""

    user: str
    password: Secret


class PhoneAccount(Struct, frozen=True):
    """The SIP account of the phone in the browser; ``socket`` is the path of its WebSocket.

    ``secret`` is its password as long as this browser is signed in, and nowhere else.
    """

    uri: str
    user: str
    secret: str
    socket: str

    def __repr__(self) -> str:
        return f"PhoneAccount({self.uri!r}, {self.user!r}, ***, {self.socket!r})"


class BrowserPhones(Protocol):
    """The phones in browsers, and the way to Asterisk."""

    def of(self, agent: str) -> BrowserPhone | None:
        """The account of an agent; None if the phone is another one, or refused."""

    def connect(self) -> AbstractAsyncContextManager[ClientWebSocketResponse]:
        """A WebSocket of Asterisk's for SIP (RFC 7118); may raise
        :class:`ari_app.desk.ports.DeskUnavailable`."""


def session_secret(phone: BrowserPhone, session: str) -> str:
    """The password that a signed-in browser uses instead of the account's; ``session`` is what its
    session keeps from its beginning to its end, and no one else knows."""
    key = phone.password.reveal().encode()
    return hmac.new(key, f"phone {session}".encode(), hashlib.sha256).hexdigest()[:40]


def page_account(phone: BrowserPhone, session: str) -> PhoneAccount:
    """What the page of a session knows of its phone."""
    uri, secret = f"sip:{phone.user}@{DOMAIN}", session_secret(phone, session)
    return PhoneAccount(uri, phone.user, secret, SOCKET)
