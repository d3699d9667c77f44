"""The doors of Asterisk: ARI and AMI beyond this machine, and what they let in."""

import ipaddress
from collections.abc import Iterator

from ari_app.doctor.conf import GENERAL, Section, yes
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    yield from _ari(facts)
    yield from _ami(facts)
    options = facts.conf("asterisk.conf").section("options")
    if yes(options.get("live_dangerously")):
        yield Finding(
            "live-dangerously",
            "warning",
            options.at("live_dangerously"),
            "users of ARI and AMI may run programs and read files through dialplan functions",
            "live_dangerously = no",
        )


def _ari(facts: Facts) -> Iterator[Finding]:
    http, ari = facts.conf("http.conf").general, facts.conf("ari.conf")
    general = ari.general
    for section, key, wanted, why in (
        (http, "enabled", "enabled = yes", not yes(http.get("enabled"))),
        (http, "bindaddr", "bindaddr = 127.0.0.1", not http.get("bindaddr")),
        (general, "enabled", "enabled = yes", not yes(general.get("enabled", "yes"))),
    ):
        if why:
            name = "http.conf" if section is http else "ari.conf"
            yield Finding(
                "ari-off",
                "critical",
                section.at(key) or facts.path(name),
                "ARI does not listen, so that the application cannot connect",
                f"[general] {wanted}",
            )
    address = http.get("bindaddr")
    if not address or is_loopback(address) or not yes(http.get("enabled")):
        return
    users = [one for one in ari.real() if one.name != GENERAL and one.get("type") == "user"]
    free = [one for one in users if not _limited(one)]
    yield Finding(
        "ari-open",
        "critical" if free else "warning",
        http.at("bindaddr"),
        f"ARI listens on {address} for all who reach it, and its passwords go "
        f"unencrypted{_users(free)}",
        "bindaddr = 127.0.0.1",
    )
    if "*" in general.get("allowed_origins"):
        yield Finding(
            "ari-origins",
            "warning",
            general.at("allowed_origins"),
            "any page in a browser may use ARI with a password that it learns",
            "allowed_origins =",
        )


def _ami(facts: Facts) -> Iterator[Finding]:
    conf = facts.conf("manager.conf")
    general = conf.general
    if not yes(general.get("enabled")):
        return
    address = general.get("bindaddr", "0.0.0.0")
    free = [one for one in conf.real() if one.name != GENERAL and not _limited(one)]
    if not is_loopback(address) and free:
        yield Finding(
            "ami-open",
            "critical",
            general.at("bindaddr"),
            f"AMI listens on {address} for all who reach it{_users(free)}",
            "bindaddr = 127.0.0.1",
        )
    web = facts.conf("http.conf").general.get("bindaddr")
    if yes(general.get("webenabled")) and web and not is_loopback(web):
        yield Finding(
            "ami-web",
            "warning",
            general.at("webenabled"),
            f"AMI is served over HTTP, too, on {web}",
            "webenabled = no",
        )


def is_loopback(address: str) -> bool:
    """Whether an address, with or without a port, is this machine's own."""
    host = address.strip("[]") if address.count(":") > 1 else address.partition(":")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _limited(user: Section) -> bool:
    """Whether a user may log in from some addresses only: what is permitted means nothing alone."""
    return bool(user.get("acl")) or bool(user.get("deny"))


def _users(free: list[Section]) -> str:
    if not free:
        return ""
    named = ", ".join(one.name for one in free)
    return f"; without deny, permit or acl: {named} ({free[0].where})"
