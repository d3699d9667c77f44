"""Trunks: SIP connections to the operator's switch or to a carrier, and what is wrong with one."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Literal

from msgspec import Struct, structs

from asterisk_conf.secret import Secret

CODECS = ("alaw", "ulaw", "g722", "gsm")
"""What can be played, best first: prompts are 8 kHz, which G.711 costs the least."""

UNSERVED = ("g729", "g723", "g726", "ilbc", "opus", "speex")
"""Codecs that Asterisk knows and that we do not serve. They are accepted last, so that the dialplan
can say in the log why such a call is rejected: of an offer without a common codec Asterisk logs
nothing."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTED = re.compile(r"(?P<host>[^:]+)(:(?P<port>[0-9]{1,5}))?")
_PATTERN = re.compile(r"(?:[0-9XZN*#+]|\[[0-9-]+\])+[.!]?")
_DIALLED = re.compile(r"[0-9*#+]{0,20}")


class TrunkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trunk as the settings have it; docs/settings.md describes each.

    ``address`` is where it is, ``HOST`` or ``HOST:PORT``; its calls come ``from`` there, or from
    these addresses and networks. ``user`` is what we register or prove ourselves as. ``vouches``:
    its P-Asserted-Identity or Remote-Party-ID is the caller's number. ``dials`` are patterns of
    numbers, as Asterisk writes them, that are called over it: without their first ``strip`` signs,
    after ``prefix``, and from ``caller``.
    """

    address: str = ""
    sources: tuple[str, ...] = ()
    transport: Literal["udp", "tcp", "tls"] = "udp"
    user: str = ""
    register: bool = False
    codecs: tuple[Literal["alaw", "ulaw", "g722", "gsm"], ...] = ("alaw", "ulaw")
    dtmf: Literal["auto", "rfc4733", "inband", "info"] = "auto"
    vouches: bool = False
    dials: tuple[str, ...] = ()
    strip: int = 0
    prefix: str = ""
    caller: str = ""


class Trunk(TrunkSettings, frozen=True, kw_only=True):
    """A trunk of an installation."""

    name: str
    password: Secret = Secret("")

    @property
    def host(self) -> str:
        """Its host, without the port."""
        return self.address.partition(":")[0]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The codecs of its calls, best first: its own, then all others that can be played."""
        return tuple(dict.fromkeys((*self.codecs, *CODECS)))

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that its calls come from."""
        return self.sources or (self.host,)

    @property
    def asterisk_dtmf(self) -> str:
        """Its way of sending keys, as Asterisk names it; INFO is understood in each."""
        return "auto_info" if self.dtmf == "info" else self.dtmf


def settings_problems(trunks: Mapping[str, TrunkSettings]) -> Iterator[str]:
    """All that is wrong with trunks by name, besides passwords, which settings have not."""
    for name, settings in trunks.items():
        yield from trunk_problems(Trunk(name=name, **structs.asdict(settings)))


def trunk_problems(trunk: Trunk) -> Iterator[str]:
    """All that is wrong with a trunk, besides its name and password."""
    where = f"trunk.{trunk.name}"
    if not _is_address(trunk.address):
        yield f"{where}.address: {trunk.address!r} is none; give a host, or host:port"
    for source in trunk.sources:
        if not (_is_address(source) or _is_network(source)):
            yield f"{where}.sources: {source!r} is none; give hosts, or networks as 192.0.2.0/28"
    if trunk.register and not trunk.user:
        yield f"{where}.register: as whom? name the `user`"
    if not trunk.codecs:
        yield f"{where}.codecs: none given; name some of {', '.join(CODECS)}"
    for pattern in trunk.dials:
        if not _PATTERN.fullmatch(pattern) or pattern in (".", "!"):
            yield f"{where}.dials: {pattern!r} is no pattern; give one as 8X. or +7XXXXXXXXXX"
    if trunk.strip < 0:
        yield f"{where}.strip: is negative; give 0 or more"
    for field, value in (("prefix", trunk.prefix), ("caller", trunk.caller)):
        if not _DIALLED.fullmatch(value):
            yield f"{where}.{field}: {value!r} does not fit; give up to 20 digits, * # or +"


def _is_address(text: str) -> bool:
    found = _PORTED.fullmatch(text)
    return bool(found and _HOST.fullmatch(found["host"]) and int(found["port"] or 1) in _PORTS)


_PORTS = range(1, 65536)


def _is_network(text: str) -> bool:
    try:
        return ip_network(text).version == 4
    except ValueError:
        return False
