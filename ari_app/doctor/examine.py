"""All that the doctor looks at."""

from ari_app.doctor import (
    browsers,
    certificates,
    dialplan,
    doors,
    host,
    key_logging,
    leaks,
    limits,
    modules,
    pages,
    passwords,
    queues,
    sounds,
    version,
)
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import ORDER, Finding

GROUPS = (
    version, doors, passwords, dialplan, key_logging, modules, limits, host, sounds, queues, leaks,
    browsers, certificates, pages,
)  # fmt: skip


def examined(facts: Facts) -> tuple[Finding, ...]:
    """All findings, the worst first."""
    found = [one for group in GROUPS for one in group.findings(facts)]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.severity)))
