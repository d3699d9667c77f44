"""Whether the database can be used, as its own operations and a look at its files find."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from ari_app.store.errors import Fault, StoreError

_log = logging.getLogger(__name__)

_WEIGHT: Mapping[Fault, int] = {"": -1, "slow": 0, "locked": 1, "deleted": 3, "replaced": 3}
"""A fault hides those of less weight, which may follow from it. Others have 2, lasting ones 4."""
_LASTING: frozenset[Fault] = frozenset({"damaged", "refused"})
"""What another transaction that succeeds does not disprove."""

_OF_READS: frozenset[Fault] = frozenset({"damaged", "io", "unreachable"})
"""What a failed read says of the whole database; it knows nothing of locks and of space."""


class Health(Struct, frozen=True):
    """``problem`` says in a line what is wrong and what to do; "" while all is well."""

    fault: Fault = ""
    problem: str = ""
    since: datetime | None = None
    """Since when it is so, if there is a fault."""


class HealthMonitor:
    """Keeps the health of a database; to be used in the event loop's thread."""

    def __init__(self) -> None:
        self.now = Health()
        self.written = time.monotonic()
        """When something was stored last, by ``time.monotonic``."""

    def wrote(self) -> None:
        """A transaction was stored, so most faults are over."""
        self.written = time.monotonic()
        if self.now.fault not in _LASTING:
            self.recovered()

    def read_failed(self, error: StoreError) -> None:
        """Something could not be read."""
        if error.fault in _OF_READS:
            self.found(error)

    def found(self, error: StoreError) -> None:
        """There is a fault; the log says so once."""
        before = self.now
        if not error.fault or before.fault == error.fault:
            return
        if _weight(error.fault) < _weight(before.fault):
            return
        since = before.since or datetime.now(UTC)
        self.now = Health(error.fault, str(error), since)
        _log.critical("the database fails (%s): %s", error.fault, error)

    def begin_with(self, error: StoreError) -> None:
        """There is a fault from the beginning, which the caller of ``open_or_wait`` reports."""
        self.now = Health(error.fault, str(error), datetime.now(UTC))

    def recovered(self) -> None:
        """All is well again."""
        if not self.now.fault:
            return
        since, fault = self.now.since, self.now.fault
        seconds = (datetime.now(UTC) - since).total_seconds() if since else 0.0
        self.now = Health()
        _log.warning("the database works again: it was %s for %.0f s", fault, seconds)


def _weight(fault: Fault) -> int:
    return 4 if fault in _LASTING else _WEIGHT.get(fault, 2)
