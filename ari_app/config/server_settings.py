"""The sections of what listens for machines: USSD gateways, monitoring, Asterisk."""

from ipaddress import ip_network
from typing import Annotated

from msgspec import Meta, Struct


class UssdSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[ussd]"""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8087
    allow: tuple[str, ...] = ("127.0.0.1", "::1")
    texts: bool = True
    menu: str = "*111#"

    def __post_init__(self) -> None:
        for each in self.allow:
            ip_network(each)


class MonitoringSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[monitoring]; its port is ``monitoring`` of [ports]."""

    enabled: bool = True
    host: str = "127.0.0.1"
    allow: tuple[str, ...] = ("127.0.0.1", "::1")

    def __post_init__(self) -> None:
        for each in self.allow:
            ip_network(each)


class AgiSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[agi]: `firstline agi`; its port is ``agi`` of [ports]."""

    enabled: bool = False
    host: str = "127.0.0.1"
    allow: tuple[str, ...] = ("127.0.0.1", "::1")
    calls: Annotated[int, Meta(ge=1, le=10_000)] = 200
    dial: str = ""
    spool: str = ""

    def __post_init__(self) -> None:
        for each in self.allow:
            ip_network(each)
        if self.dial and "{number}" not in self.dial:
            raise ValueError('dial has the number, as in "Local/{number}@from-internal"')
