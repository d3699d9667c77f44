"""Which addresses may come to a port: those of settings such as `[monitoring] allow`."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network


class Networks:
    """Addresses and networks (``10.0.0.0/8``) that may come."""

    def __init__(self, allow: Iterable[str]) -> None:
        self._allowed = tuple(map(ip_network, allow))

    def admit(self, peer: str | None) -> bool:
        """Whether an address, as a socket reports it, is among them: an IPv4 address also where it
        comes to a socket of IPv6 (``::ffff:10.0.0.1``); a zone (``%eth0``) does not matter."""
        try:
            found = ip_address((peer or "").partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in network for network in self._allowed)
