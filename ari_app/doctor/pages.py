"""Pages that are reached beyond this machine without encryption."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    for one in facts.open_pages:
        yield Finding(
            "pages-open",
            "critical" if one.section == "cabinet" else "warning",
            f"[{one.section}] host",
            f"these pages listen on {one.host}: what is typed there, passwords and codes too, goes "
            "unencrypted",
            'host = "127.0.0.1" with a proxy before it, or a certificate of its own',
        )
