"""Time-outs and limits whose defaults break connections or keep lost calls."""

from collections.abc import Iterator

from ari_app.doctor.conf import Section
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding

WRITE = 1000
"""Milliseconds for which a client of ARI or AMI may pause reading; the default is 100."""

SESSIONS = 500
"""Connections to ARI; by default 100, which counts those that only wait in keep-alive, too."""

_NO_ONES = {"anonymous", "dpma_endpoint"}
"""Endpoints that anyone may call as: that of calls without a name, and one that FreePBX has, whose
context is empty."""


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    ari = facts.conf("ari.conf").general
    yield from _low(
        ari, "websocket_write_timeout", WRITE, 100, facts.path("ari.conf"),
        "a client of ARI that does not read for so many milliseconds is disconnected",
    )  # fmt: skip
    http = facts.conf("http.conf").general
    yield from _low(
        http, "sessionlimit", SESSIONS, 100, facts.path("http.conf"),
        "so many connections to ARI at most, and each waits long in keep-alive",
    )  # fmt: skip
    for user in facts.conf("manager.conf").named(facts.ami_user):
        yield from _low(
            user, "writetimeout", WRITE, 100, user.where,
            "AMI disconnects the application when it does not read for so many milliseconds",
        )  # fmt: skip
    yield from _phones(facts)


def _low(
    section: Section, key: str, least: int, default: int, otherwise: str, why: str
) -> Iterator[Finding]:
    value = section.get(key, str(default))
    if not value.isdigit() or int(value) < least:
        yield Finding(
            f"low-{key.replace('_', '-')}",
            "warning",
            section.at(key) or otherwise,
            f"{key} is {value}: {why}",
            f"{key} = {least}",
        )


def _phones(facts: Facts) -> Iterator[Finding]:
    conf = facts.conf("pjsip.conf")
    endpoints = [one for one in conf.real() if one.get("type") == "endpoint"]
    endless = [one for one in endpoints if one.get("rtp_timeout", "0") == "0"]
    if endless:
        yield Finding(
            "no-rtp-timeout",
            "warning",
            endless[0].where,
            f"the calls of {len(endless)} of {len(endpoints)} endpoints, such as "
            f"{endless[0].name}, stay for ever when the phone vanishes",
            "rtp_timeout = 20",
        )
    open_to_all = [one for one in endpoints if _known_by_name_alone(one)]
    if open_to_all:
        names = ", ".join(one.name for one in open_to_all)
        yield Finding(
            "no-password",
            "critical",
            open_to_all[0].where,
            f"a stranger who writes the name of an endpoint into From is taken for it: {names}",
            "identify_by = ip",
        )
    known = conf.section("global")
    order = known.get("endpoint_identifier_order").replace(" ", "").split(",")
    trunks = [one for one in conf.real() if one.get("type") == "identify"]
    if trunks and "username" in order and "ip" in order[order.index("username") :]:
        yield Finding(
            "username-before-ip",
            "warning",
            known.at("endpoint_identifier_order"),
            "a call of a trunk whose From is the name of a phone is asked for its password",
            "endpoint_identifier_order = ip,username",
        )


def _known_by_name_alone(endpoint: Section) -> bool:
    """Whether calls are an endpoint's by the user in From, without a password."""
    by = endpoint.get("identify_by", "username,ip").split(",")
    named = "username" in (one.strip() for one in by)
    return named and not endpoint.get("auth") and endpoint.name not in _NO_ONES
