"""The settings of the cabinet, the pages for subscribers."""

from ipaddress import ip_address
from typing import Annotated

from msgspec import Meta, Struct


class CabinetSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cabinet]; its port is ``cabinet`` of [ports]. It is made for the internet, so that it is off
    until someone decides that it may be reached from there."""

    enabled: bool = False
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    https: bool = False
    certificate: str = ""
    key: str = ""
    proxies: tuple[str, ...] = ()
    menu: str = ""
    codes_per_hour: Annotated[int, Meta(ge=1, le=100_000)] = 300

    @property
    def by_https(self) -> bool:
        """Whether browsers reach it by HTTPS alone: by a proxy, or its own certificate."""
        return self.https or bool(self.certificate)

    def __post_init__(self) -> None:
        if self.key and not self.certificate:
            raise ValueError("key is that of certificate, which is empty")
        for each in self.proxies:
            ip_address(each)
