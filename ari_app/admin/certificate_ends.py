"""When the certificates end that our pages serve, by which back ends know us, and whom we trust."""

import logging
import ssl
from asyncio import sleep, to_thread
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from msgspec import Struct

from ari_app.admin.certificates import MADE
from ari_app.config.settings import Config

log = logging.getLogger(__name__)

SOON = timedelta(days=21)
"""How long before its end a certificate is warned of."""
EVERY = 86_400.0
"""Seconds between two looks."""

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


class Ending(Struct, frozen=True):
    """A file of certificates, and the ``setting`` that names it. ``until`` is None for a file that
    cannot be read."""

    setting: str
    path: str
    until: datetime | None

    def trouble(self, now: datetime) -> str:
        """What is wrong with it, "" for nothing."""
        of = f"the certificate {self.path} ({self.setting})"
        if self.until is None:
            return f"{of} cannot be read"
        left = self.until - now
        if left > SOON:
            return ""
        when = f"{self.until:%Y-%m-%d %H:%M} UTC"
        if left <= timedelta():
            return f"{of} ended on {when}: renew it now"
        return f"{of} ends in {left.days} days, on {when}: renew it"


def of_installation(config: Config, state: Path) -> tuple[Ending, ...]:
    """Each file that the settings name; without one of the desk that which `firstline desk
    certificate` made in the state directory, for a proxy."""
    return tuple(_endings(config, state.absolute() / MADE / "desk.crt"))


def trouble(found: Sequence[Ending], now: datetime) -> str:
    """What is wrong with any of them, "" for nothing."""
    return "; ".join(filter(None, (one.trouble(now) for one in found)))


async def run(look: Callable[[], Sequence[Ending]], now: Callable[[], datetime]) -> None:
    """Warn in the log at the start, and once a day, of what ends soon."""
    while True:
        for one in await to_thread(look):
            if said := one.trouble(now()):
                log.warning("%s", said)
        await sleep(EVERY)


def ends(path: Path, *, trusted: bool = False) -> datetime:
    """When what is in a file in PEM ends: the first one of a chain; the last one of those that are
    ``trusted``, as no single one of them is needed. Raises ``OSError``, and ``ValueError`` for a
    file without a certificate."""
    pem = path.read_text("ascii", errors="replace")
    parts = [part.partition(_END)[0] for part in pem.split(_BEGIN)[1:]]
    found = [_not_after(ssl.PEM_cert_to_DER_cert(f"{_BEGIN}{part}{_END}")) for part in parts]
    if not found:
        raise ValueError(f"{path} has no certificate in PEM")
    return max(found) if trusted else min(found)


def _endings(config: Config, made: Path) -> Iterator[Ending]:
    named = [("[desk] certificate", config.desk.certificate, False)]
    if not config.desk.certificate and made.exists():
        named = [("firstline desk certificate", str(made), False)]
    named.append(("[cabinet] certificate", config.cabinet.certificate, False))
    named.append(("[asterisk] ca", config.asterisk.ca, True))
    named += [("[billing] ca", config.billing.ca, True), ("[mail] ca", config.mail.ca, True)]
    each = (
        ((f"[tls.{name}] certificate", one.certificate, False), (f"[tls.{name}] ca", one.ca, True))
        for name, one in config.tls.items()
    )
    for setting, path, trusted in chain(named, *each):
        if path:
            yield Ending(setting, path, _until(Path(path), trusted))


def _until(path: Path, trusted: bool) -> datetime | None:
    try:
        return ends(path, trusted=trusted)
    except (OSError, ValueError):
        return None


def _not_after(der: bytes) -> datetime:
    """The end of the validity of a certificate in DER (RFC 5280, 4.1): the fifth field of what is
    signed, or the fourth, since the version may be left out."""
    signed = _value(_value(der, _SEQUENCE)[0], _SEQUENCE)[0]
    if signed[:1] == bytes([_VERSION]):
        _, signed = _value(signed)
    for _ in ("serial", "algorithm", "issuer"):
        _, signed = _value(signed)
    _, rest = _value(_value(signed, _SEQUENCE)[0])
    tag, (text, _) = rest[0], _value(rest)
    if tag == _UTC_TIME:  # RFC 5280, 4.1.2.5.1: 50 to 99 are of the 20th century
        text = (b"19" if text >= b"50" else b"20") + text
    elif tag != _GENERALIZED_TIME:
        raise ValueError("the end of a certificate is no time")
    return datetime.strptime(text.decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _value(der: bytes, tag: int | None = None) -> tuple[bytes, bytes]:
    """The value of the first element, and what follows it; raises ``ValueError``."""
    if len(der) < 2 or (tag is not None and der[0] != tag):
        raise ValueError("it is no certificate")
    length, at = der[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(der[2:at])
    if len(der) < at + length:
        raise ValueError("it is no whole certificate")
    return der[at : at + length], der[at + length :]
