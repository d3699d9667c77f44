"""``python -m tests.alone DIR …``: runs again, alone, the few tests that failed beside others.

Each DIR is the cache directory (``-o cache_dir``) of a run of pytest. A live test that was late on
a busy machine passes when nothing runs beside it; what is broken fails again. The summary of
``./test`` says which: such a test has a fault, or the product a race (``CONTRIBUTING.md``).
Exits as pytest does; with 1 where no test failed, or more than ``MOST``: the run itself broke.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

MOST = 5
"""So many may fail of a busy machine, as those do that follow one in its installation."""


def failed_in(cache: Path) -> list[str]:
    """The ids of the tests that failed in the run, by pytest's own list of them."""
    found = cache / "v/cache/lastfailed"
    return list(json.loads(found.read_text("utf-8"))) if found.exists() else []


class Passed:
    """A plugin that notes which tests passed: one that is skipped when it is alone did not."""

    def __init__(self) -> None:
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See the class."""
        if report.when == "call" and report.passed:
            self.tests.add(report.nodeid)


def main(caches: Iterable[str]) -> int:
    """Run them; returns the exit code."""
    failed = [one for cache in caches for one in failed_in(Path(cache))]
    if not 0 < len(failed) <= MOST:
        print(f"not run again: {len(failed)} tests failed; what is late by chance is 1 to {MOST}")
        return 1
    print("failed beside others, run again alone:", *failed, sep="\n    ")
    code = int(pytest.main(failed, plugins=[passed := Passed()]))
    return code or int(not passed.tests.issuperset(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
