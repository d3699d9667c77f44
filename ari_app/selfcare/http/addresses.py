"""Where requests may go: names of hosts, and the addresses that these turn out to have.

An address is judged after the name was looked up, and the connection is made to that very address:
a name cannot lead to a service of this machine, or to the metadata of a cloud, behind our back.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct

from ivr.http.request import may_reach

Address = IPv4Address | IPv6Address

METADATA = tuple(map(ip_network, ("169.254.169.254/32", "fd00:ec2::254/128", "100.100.100.200/32")))
"""Where machines of a cloud find their secrets; the first is link-local as well."""


class AddressRefused(Exception):  # noqa: N818 - named by what is so, not as an error
    """A request may not go there; the text says which setting would allow it."""


class Reach(Struct, frozen=True):
    """What may be reached.

    ``hosts``: names, or ``*.example.net`` for all below it; any if empty. ``networks``: addresses
    that may be reached although they are of this machine, link-local, or metadata of a cloud.
    """

    hosts: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def refuse_host(self, host: str) -> None:
        """Raise :class:`AddressRefused` for a host that is not listed, or an address that is not
        allowed."""
        if not may_reach(host, self.hosts):
            raise AddressRefused(f"{host} is none of the hosts of [operations]: add it to `hosts`")
        try:
            address = ip_address(host.strip("[]"))
        except ValueError:
            return
        self.refuse_address(host, address)

    def refuse_address(self, host: str, address: Address) -> None:
        """Raise :class:`AddressRefused` for an address that is not allowed."""
        mapped = getattr(address, "ipv4_mapped", None)
        judged: Address = mapped or address
        if any(judged.version == each.version and judged in each for each in self.networks):
            return
        if why := _special(judged):
            raise AddressRefused(
                f"{host} has the address {address}, which is {why}: if it is meant, add it to "
                "`addresses` of [operations]"
            )


def _special(address: Address) -> str:
    """Why an address is not reached unless it is allowed; "" for an ordinary one."""
    if any(address.version == each.version and address in each for each in METADATA):
        return "the metadata of a cloud"
    if address.is_loopback:
        return "of this machine"
    if address.is_link_local:
        return "link-local"
    if address.is_unspecified or address.is_multicast or address == ip_address("255.255.255.255"):
        return "that of no host"
    return ""


class CheckedResolver(AbstractResolver):
    """Looks names up, and refuses those that have an address that may not be reached."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As aiohttp asks for it; raises :class:`AddressRefused`."""
        found = await self._names.resolve(host, port, family)
        refuse(self._reach, host, [each["host"] for each in found])
        return found

    async def close(self) -> None:
        """Nothing is open."""


def refuse(reach: Reach, host: str, found: Sequence[str]) -> None:
    """Raise :class:`AddressRefused` if one of the addresses found is not allowed."""
    for text in found:
        reach.refuse_address(host, ip_address(text.partition("%")[0]))
