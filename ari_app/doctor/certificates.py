"""Certificates that the desk serves or back ends are reached with, and that end."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    for one in facts.certificates:
        yield Finding(
            "certificate-ends",
            "critical" if one.over else "warning",
            one.path,
            one.trouble,
            "renew it; the desk's own: firstline desk certificate",
        )
