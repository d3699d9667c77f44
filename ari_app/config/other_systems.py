"""The sections of what is sent to other systems, and of what they may ask."""

from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct


class WebhookSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[webhooks.NAME]: where events are sent as JSON."""

    url: str = ""
    events: tuple[str, ...] = ("*",)
    format: Literal["json", "zammad"] = "json"

    def __post_init__(self) -> None:
        url = urlsplit(self.url)
        if self.url and not (url.scheme in ("http", "https") and url.hostname):
            raise ValueError("a webhook needs a url, such as https://crm.example.net/firstline")
        if url.username or url.password:
            raise ValueError("url is no place for a password: it is signed; or write {token}")


class ApiSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[api]"""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8089
    allow: tuple[str, ...] = ("127.0.0.1", "::1")

    def __post_init__(self) -> None:
        for each in self.allow:
            ip_network(each)
