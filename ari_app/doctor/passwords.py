"""Passwords that are guessed: of ARI, AMI and phones. None of them is shown."""

from collections.abc import Iterator

from ari_app.doctor.conf import GENERAL, Conf, Section
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding, Severity

SHORT, LONG = 8, 12
"""Letters below which a password is bad, and from which it is good."""

# fmt: off
_WORDS = frozenset((
    "admin", "amp111", "asterisk", "astricon", "changeme", "changeit", "default", "firstline",
    "freepbx", "letmein", "mysecret", "mark", "password", "passw0rd", "pbx", "qwerty", "secret",
    "test", "trixbox", "welcome",
))
# fmt: on


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    manager, ari = facts.conf("manager.conf"), facts.conf("ari.conf")
    for section in manager.real():
        if section.name != GENERAL:
            yield from _judged(section, "secret", section.name, "AMI's user")
    for section in ari.real():
        if section.get("type") == "user" and section.get("password_format", "plain") == "plain":
            yield from _judged(section, "password", section.name, "ARI's user")
    phones = facts.conf("pjsip.conf")
    theirs = _given_by_others(phones)
    for section in phones.real():
        if section.get("type") == "auth" and section.name not in theirs:
            yield from _judged(section, "password", section.get("username"), "the phone")


def _given_by_others(phones: Conf) -> frozenset[str]:
    """The sections by which we log in elsewhere, such as at a carrier."""
    out = (one.get("outbound_auth") for one in phones.real())
    names = {name.strip() for each in out for name in each.split(",")}
    ours = {name for one in phones.real() for name in one.get("auth").split(",")}
    return frozenset(names - ours)


def _judged(section: Section, key: str, user: str, whose: str) -> Iterator[Finding]:
    option = section.option(key)
    if option is None:
        return
    severity, why = weakness(option.value, user or section.name)
    if severity is not None:
        yield Finding(
            "weak-secret",
            severity,
            option.where,
            f"the password of {whose} {section.name} {why}",
            f"{key} = (20 random letters and digits: `openssl rand -hex 10`)",
        )


def weakness(password: str, user: str) -> tuple[Severity | None, str]:
    """How bad a password is, and why; None if it is good."""
    plain = password.lower()
    if plain.strip("0123456789!.-_") in _WORDS or plain in _WORDS:
        return "critical", "is one of those that are tried first"
    if user and plain.startswith(user.lower()):
        return "critical", "begins with the name of its user"
    if len(password) < SHORT:
        return "critical", f"has fewer than {SHORT} letters"
    if password.isdigit() and len(password) < LONG + SHORT:
        return "critical", "has digits alone"
    if len(set(password)) < SHORT // 2:
        return "critical", "has hardly any different letters"
    if len(password) < LONG:
        return "warning", f"has fewer than {LONG} letters"
    return None, ""
