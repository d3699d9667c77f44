"""Who guesses passwords of phones is shut out, for ever longer, and no one else."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import pytest
from msgspec.structs import replace

from ari_app.config.settings import Config
from ari_app.main.sip_guard import LONGEST, SipGuard, trusted
from ari_app.workplace.browser_phones import OWN_ADDRESS
from asterisk_conf.banned import access_list
from asterisk_conf.site import TrunkSettings
from tests.ari.facts import until

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


class Bench:
    def __init__(self, most: int = 3) -> None:
        self.now = NOON
        self.applied: list[Sequence[str]] = []
        trusted = (IPv4Network("203.0.113.0/24"),)
        self.guard = SipGuard(most, trusted, lambda: self.now, self.applied.append)

    def fail(
        self, times: int, address: str = "198.51.100.7", event: str = "InvalidPassword"
    ) -> None:
        for _ in range(times):
            self.guard.take({"Event": event, "RemoteAddress": f"IPV4/UDP/{address}/5060"})


def test_more_than_so_many_in_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.fail(3)
    bench.fail(3, "192.0.2.1", "ChallengeResponseFailed")
    assert bench.guard.banned == ()
    bench.now += timedelta(minutes=1)
    bench.fail(3)
    assert bench.guard.banned == ()
    bench.fail(1, event="InvalidAccountID")
    assert list(bench.guard.banned) == ["198.51.100.7"]
    assert "SIP: 198.51.100.7 is shut out for 600 s" in caplog.text
    bench.now += timedelta(minutes=10)
    assert bench.guard.banned == ()


def test_each_time_is_longer_up_to_a_day() -> None:
    bench, lasted = Bench(), []
    for _ in range(10):
        bench.fail(4)
        began = bench.now
        while bench.guard.banned:
            bench.now += timedelta(minutes=10)
        lasted.append((bench.now - began) // timedelta(minutes=10))
    assert lasted == [1, 2, 4, 8, 16, 32, 64, 128, 144, 144]
    assert timedelta(minutes=1440) == LONGEST


@pytest.mark.parametrize(
    "address",
    ["203.0.113.9", "", "x/y", "198.51.100.7/1", "::1", "1.2.3.4\n", "999.1.1.1", "a" * 5000],
)
def test_trunks_and_what_is_no_address_are_not_shut_out(address: str) -> None:
    bench = Bench()
    bench.fail(50, address)
    bench.guard.take({"Event": "InvalidPassword"})
    bench.guard.take({"Event": "InvalidPassword", "RemoteAddress": "IPV6/UDP/::1/5060"})
    for _ in range(50):
        bench.guard.take({"Event": "SuccessfulAuth", "RemoteAddress": "IPV4/UDP/192.0.2.1/1"})
    assert bench.guard.banned == ()


def test_trunks_and_the_desk_are_trusted() -> None:
    """The desk forwards the SIP of all phones in browsers, from one address of loopback."""
    trunks = {
        "carrier": TrunkSettings(address="192.0.2.1:5060", vouches=False),
        "other": TrunkSettings(address="sip.example.net", vouches=False),
    }
    networks = trusted(replace(Config(), trunk=trunks))
    assert [str(each) for each in networks] == [f"{OWN_ADDRESS}/32", "192.0.2.1/32"]


def test_without_a_limit_no_one_is_shut_out() -> None:
    bench = Bench(0)
    bench.fail(1000)
    assert bench.guard.banned == ()


async def test_the_list_is_put_in_force_at_once() -> None:
    """And emptied at the start: who was shut out before may come again."""
    bench = Bench()
    running = asyncio.create_task(bench.guard.run())
    await until(lambda: bench.applied == [()])
    bench.fail(4)
    await until(lambda: bench.applied[1:] == [("198.51.100.7",)])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_the_list_as_asterisk_reads_it() -> None:
    assert access_list(()) == ""
    assert access_list(["198.51.100.7"]).splitlines() == [
        "[firstline-banned]", "type = acl", "permit = 0.0.0.0/0", "deny = 198.51.100.7/32",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="address"):
        access_list(["0.0.0.0/0\npermit = x"])
