"""Channels that are in our application, while no call of the application is on them."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    for channel in facts.live.leaked if facts.live else ():
        yield Finding(
            "channel-leaked",
            "critical",
            channel,
            f"it is in the application {facts.application}, which serves no call on it: its caller "
            "hears nothing",
            f"{facts.console} 'channel request hangup {channel}'",
        )
