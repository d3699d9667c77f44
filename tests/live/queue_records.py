"""What an installation has recorded of its queues, and what Asterisk says of the same."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

from ari_app.main.installation import installation
from ari_app.statistics import reconciliation
from ari_app.statistics.completion import members
from ari_app.store import agents, queue_calls
from ari_app.store.open_database import open_reader
from ari_app.store.sqlite import Database
from ivr.acd.figures import Stay
from tests.live.installation import Installation
from tests.operators import BELARUS


def stays(one: Installation) -> list[Stay]:
    """All stays, the oldest first."""
    with _opened(one) as db:
        return queue_calls.between(db, 0, 2**62)


def differences(one: Installation) -> list[str]:
    """In what the record of the last hours differs from Asterisk's log and from the calls."""
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=12), now + timedelta(minutes=1)
    log = installation(one.state).directory / "asterisk" / "log" / "queue_log"
    lines, _ = reconciliation.read(log, None, since, until)
    with _opened(one) as db:
        agent = members((each.full_name, each.name) for each in agents.everyone(db))
        found = reconciliation.reconciled(db, now, since, until, lines, None, agent)
    assert found.logged
    return [f"{each.channel} {each.what}" for each in found.differences]


def _opened(one: Installation) -> "closing[Database]":
    return closing(open_reader(installation(one.state).database, 5.0, BELARUS))
