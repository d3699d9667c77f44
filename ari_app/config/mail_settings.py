"""[mail]: who is sent a mail of alarms, and the server that takes it."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
"""The port of each kind of encryption: RFC 6409 (submission), RFC 8314 (over TLS), RFC 5321."""
_ADDRESS = re.compile(r"""[^\s@<>()\[\]\\,;:"]+@[^\s@<>()\\,;"]+""", re.ASCII)
_HERE = ("localhost", "127.0.0.1", "::1")


class MailSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[mail]; without a ``host`` none is sent. ``every`` is in seconds. The password of ``user``
    is ``mail_password`` of ``secrets.toml``."""

    host: str = ""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    tls: Literal["starttls", "tls", "none"] = "starttls"
    ca: str = ""
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    every: Annotated[int, Meta(ge=60, le=86_400)] = 300

    def __post_init__(self) -> None:
        """A server needs a sender and somebody to send to; a password is not sent in clear."""
        for each in (self.sender, *self.to):
            if each:
                checked_address(each)
        if self.host and not (self.sender and self.to):
            raise ValueError('mail needs a sender and to, such as to = ["ops@example.net"]')
        if self.user and self.tls == "none" and self.host not in _HERE:
            raise ValueError(
                'tls = "none" would send the password of user in clear to another host'
            )

    @property
    def to_port(self) -> int:
        """The port of the server: that of the settings, or the usual one."""
        return self.port or _PORTS[self.tls]


def checked_address(text: str) -> str:
    """An address of mail as it is; ``ValueError`` if it is none."""
    if not (text.isascii() and text.isprintable() and _ADDRESS.fullmatch(text)):
        raise ValueError(f"{text!r} is no address: write one such as ops@example.net")
    return text
