"""A site that is wrong is refused whole, with every problem and its remedy."""

from pathlib import Path

import msgspec
import pytest

from asterisk_conf.site import (
    Agent,
    Paths,
    Ports,
    Queue,
    Secret,
    Secrets,
    SipAccount,
    Site,
    SiteError,
    Trunk,
)

SECRETS = Secrets(Secret("ari"), Secret("ami"))


def refusals(**fields: object) -> tuple[str, ...]:
    with pytest.raises(SiteError) as caught:
        Site(**{"secrets": SECRETS, **fields})  # type: ignore[arg-type]  # wrong on purpose
    return caught.value.problems


def test_the_default_site_is_right() -> None:
    assert Site(secrets=SECRETS).numbers == ("611", "111")


def test_all_problems_are_reported_at_once() -> None:
    found = refusals(host="localhost", numbers=(), app="a b", deadman_seconds=0)
    assert [line.split(":")[0] for line in found] == ["host", "app", "numbers", "deadman_seconds"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"ports": Ports(http=5038)}, "ports.http and ports.ami: both are 5038"),
        ({"ports": Ports(sip=70000)}, "ports.sip: 70000 is no port"),
        ({"ports": Ports(sip=10500)}, "ports.sip: 10500 lies among the RTP ports"),
        ({"ports": Ports(rtp_first=12000)}, "12000..11999 holds no call"),
        ({"host": "::1"}, "host: ::1 is IPv6"),
        ({"numbers": ("611", "611")}, "numbers: '611' is given 2 times"),
        ({"numbers": ("611\n",)}, "has the character U+000A"),
        ({"queues": ()}, "queues: none given"),
        ({"queues": (Queue("a,b"),)}, "queues.a,b.name: 'a,b' does not fit"),
        ({"queues": (Queue("4"),)}, "queues.4.name: '4' does not fit"),
        ({"queues": (Queue("general"),)}, "'general' is reserved by Asterisk"),
        ({"queues": (Queue("support", strategy="fair"),)}, "strategy: 'fair' is none of"),
        ({"queues": (Queue("support", wrapup=-1),)}, "wrapup: is negative"),
        ({"queues": (Queue("support", join_empty="no,maybe"),)}, "join_empty: ['maybe']"),
        ({"queues": (Queue("support", leave="12"),)}, "leave: '12' is no key"),
        ({"queues": (Queue("support", patience=-1),)}, "patience: is negative"),
        ({"queues": (Queue("support", circles={0: 10}),)}, "circles: 10 is no penalty"),
        ({"queues": (Queue("support", circles={-1: 0}),)}, "circles: seconds are negative"),
        ({"queues": (Queue("support", languages=("russian",)),)}, "languages: 'russian' does not"),
        ({"queues": (Queue("a-en"), Queue("a", languages=("en",)))}, "'a-en' is given 2 times"),
        ({"queues": (Queue("support", announcement="a&b"),)}, "announcement: 'a&b' does not fit"),
        ({"agents": (Agent("a1", Secret("p"), "Ann", "701", ("x",)),)}, "no queue 'x'"),
        ({"agents": (Agent("a1", Secret("p"), "Ann, B", "701"),)}, "has a comma"),
        ({"agents": (Agent("a1", Secret("p"), "Ann", "611"),)}, "611 is a number of the IVR"),
        ({"subscribers": (SipAccount("global", Secret("p"), "10"),)}, "is reserved by Asterisk"),
        ({"subscribers": (SipAccount("u", Secret("p"), "10"),) * 2}, "'u' is given 2 times"),
        ({"rtp_timeout": -1}, "rtp_timeout: is negative"),
        ({"calls_per_caller": -1}, "calls_per_caller: is negative"),
        ({"trunks": (Trunk(name="t"),)}, "trunk.t.address: '' is none"),
        ({"trunks": (Trunk(name="t", address="a:b"),)}, "trunk.t.address: 'a:b' is none"),
        ({"trunks": (Trunk(name="t", address="a", sources=("x/y",)),)}, "t.sources: 'x/y' is none"),
        ({"trunks": (Trunk(name="t", address="a", register=True),)}, "t.register: as whom?"),
        ({"trunks": (Trunk(name="t", address="a", user="u"),)}, "as trunk_t into secrets.toml"),
        (
            {"trunks": (Trunk(name="t", address="a", dials=("abc",)),)},
            "t.dials: 'abc' is no pattern",
        ),
        ({"trunks": (Trunk(name="t", address="a", caller="me"),)}, "t.caller: 'me' does not fit"),
        ({"trunks": (Trunk(name="global", address="a"),)}, "'global' is reserved by Asterisk"),
        ({"trunks": (Trunk(name="t", address="a"),) * 2}, "'t' is given 2 times"),
        ({"apology": "sorry&/etc/passwd"}, "apology: 'sorry&/etc/passwd' does not fit"),
        ({"paths": Paths(etc=Path("/a]b"))}, "paths.etc: '/a]b' has the character U+005D"),
    ],
)
def test_each_wrong_value_has_its_words(fields: dict[str, object], problem: str) -> None:
    found = refusals(**fields)
    assert any(problem in line for line in found), found


def test_a_secret_is_shown_nowhere() -> None:
    site = Site(secrets=SECRETS, subscribers=(SipAccount("u1", Secret("hush"), "10"),))
    assert "hush" not in repr(site)
    found = refusals(subscribers=(SipAccount("u1", Secret("hush;hush"), "10"),))
    assert "hush" not in str(found)
    assert "U+003B" in str(found)


def test_shifted_ports_touch_no_port_of_the_first() -> None:
    ports = Ports()
    both = [*msgspec.structs.astuple(ports), *msgspec.structs.astuple(ports.shifted(10000))]
    assert len(set(both)) == len(both)
