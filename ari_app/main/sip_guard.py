"""Shuts out addresses from which passwords of SIP accounts are guessed, for ever longer.

Asterisk reports each failed sign-in over AMI, with the address that it came from. An address with
too many in a minute is denied by an access list that our ``pjsip.conf`` includes.
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, ip_network
from pathlib import Path

from msgspec import Struct

from ari_app.ami.client import Headers
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import processes
from ari_app.workplace.browser_phones import OWN_ADDRESS
from asterisk_conf.banned import FILE, RELOAD, access_list
from asterisk_conf.discovery import PbxError
from asterisk_conf.pbx import console_command, console_output

log = logging.getLogger(__name__)

FAILED = frozenset({"InvalidAccountID", "InvalidPassword", "ChallengeResponseFailed"})
"""AMI's events of failed sign-ins."""

WINDOW = timedelta(minutes=1)
FIRST, LONGEST = timedelta(minutes=10), timedelta(days=1)
"""For how long an address is shut out the first time, and at most; each time is twice as long."""
MOST = 10_000
"""Addresses that are remembered."""
LOOK = 15.0
"""Seconds between two looks at who may come again."""


class _Guesser(Struct):
    times: int = 0
    until: datetime | None = None


class SipGuard:
    """``most`` failures in a minute are borne, 0 is no limit; ``trusted`` are never shut out.

    ``apply`` puts a list of addresses in force; it may raise ``OSError`` and :class:`PbxError`.
    """

    def __init__(
        self,
        most: int,
        trusted: Sequence[IPv4Network],
        now: Callable[[], datetime],
        apply: Callable[[Sequence[str]], None],
    ) -> None:
        self._most = most
        self._trusted = trusted
        self._now = now
        self._apply = apply
        self._failures: dict[str, deque[datetime]] = defaultdict(deque)
        self._known: dict[str, _Guesser] = {}
        self._changed = asyncio.Event()

    @property
    def banned(self) -> tuple[str, ...]:
        """The addresses that are shut out now."""
        now = self._now()
        return tuple(
            sorted(each for each, one in self._known.items() if one.until and one.until > now)
        )

    def take(self, headers: Headers) -> None:
        """Take an event of AMI."""
        if not self._most or headers.get("Event") not in FAILED:
            return
        match headers.get("RemoteAddress", "").split("/"):
            case ["IPV4", _, address, _]:  # IPV4/UDP/192.0.2.1/5060
                with suppress(ValueError):
                    self._failed(str(IPv4Address(address)))

    def _failed(self, address: str) -> None:
        now, failures = self._now(), self._failures[address]
        failures.append(now)
        while failures[0] <= now - WINDOW:
            failures.popleft()
        if len(self._failures) > MOST:
            self._failures.clear()
        one = self._known.setdefault(address, _Guesser())
        if len(failures) <= self._most or (one.until and one.until > now):
            return
        if any(IPv4Address(address) in network for network in self._trusted):
            return
        lasts = min(FIRST * 2**one.times, LONGEST)
        one.times, one.until = min(one.times + 1, 20), now + lasts
        failures.clear()
        seconds = lasts.total_seconds()
        log.warning(
            "SIP: %s is shut out for %d s: it guesses passwords of phones", address, seconds
        )
        self._changed.set()

    async def run(self) -> None:
        """Keep the list in force. Never returns."""
        inforce: tuple[str, ...] | None = None
        while True:
            if (wanted := self.banned) != inforce:
                try:
                    await asyncio.to_thread(self._apply, wanted)
                    inforce = wanted
                except (OSError, PbxError) as error:
                    log.error("the list of those who are shut out was not put in force: %s", error)
            self._forget()
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._changed.wait()

    def _forget(self) -> None:
        """Forget who did nothing for long after the end of the last time."""
        ago = self._now() - LONGEST
        self._known = {
            each: one for each, one in self._known.items() if one.until and one.until > ago
        }


def guarding(config: Config, state: State, now: Callable[[], datetime]) -> SipGuard:
    """The guard of an installation's own Asterisk; of another one nothing is shut out."""
    most = config.site.sip_guesses_per_minute if config.manages_asterisk else 0
    file: Path = state.directory / "asterisk" / "etc" / FILE

    def apply(addresses: Sequence[str]) -> None:
        text = access_list(addresses)
        before = file.read_text("utf-8") if file.exists() else ""
        if text == before:
            return
        part = file.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.rename(file)
        if (running := processes.recorded(processes.asterisk_process(state))) is not None:
            console_output(console_command(running, RELOAD))

    return SipGuard(most, trusted(config), now, apply)


def trusted(config: Config) -> Sequence[IPv4Network]:
    """Who is never shut out: trunks, and the address from which the desk forwards the SIP of all
    phones in browsers."""
    sources = (
        each
        for trunk in config.trunk.values()
        for each in trunk.sources or (trunk.address.partition(":")[0],)
    )
    return tuple(_networks((OWN_ADDRESS, *sources)))


def _networks(sources: Iterable[str]) -> Iterable[IPv4Network]:
    for each in sources:
        with suppress(ValueError):  # a host name: its addresses are not known here
            found = ip_network(each)
            if isinstance(found, IPv4Network):
                yield found
