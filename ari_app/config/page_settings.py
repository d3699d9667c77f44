"""What the settings of the servers of pages have in common."""

from ipaddress import ip_address

from msgspec import Struct


class PageSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[desk] and [cabinet]; the port is in [ports]."""

    enabled: bool
    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    https: bool = False
    certificate: str = ""
    key: str = ""
    proxies: tuple[str, ...] = ()

    @property
    def by_https(self) -> bool:
        """Whether browsers reach it by HTTPS alone: by a proxy, or its own certificate."""
        return self.https or bool(self.certificate)

    def url(self, port: int) -> str:
        """Where browsers find it: under the first of its names, if it has any."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        here = f"[{host}]" if ":" in host else host
        name = next(iter(self.names), f"{here}:{port}")
        if self.certificate and ":" not in name:  # its own port, without a proxy
            name = f"{name}:{port}".removesuffix(":443")
        return f"{'https' if self.by_https else 'http'}://{name}/"

    def __post_init__(self) -> None:
        if self.key and not self.certificate:
            raise ValueError("key is that of certificate, which is empty")
        for each in self.proxies:
            ip_address(each)
