"""Which worker of pytest-xdist runs which files: ``pytest --dist each``, side by side.

Else each worker collects all files, of which it runs a few: 8 s of CPU to import them and to make
their tests, 26 s in a fresh clone. Here each worker collects its own share of the files and nothing
else; the shares take about as long as each other.
"""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import EachScheduling

from tests.kinds import waits

_SECONDS = {
    "architecture/test_cycles.py": 4,
    "admin/test_backup.py": 7,
    "architecture/test_demo_is_apart.py": 6,
    "architecture/test_references.py": 3,
    "architecture/test_rooms.py": 4,
    "callbacks/test_dialler.py": 4,
    "cluster/test_proxy.py": 5,
    "commands/test_agents.py": 4,
    "commands/test_announce.py": 3,
    "commands/test_demo_billing.py": 6,
    "commands/test_graph.py": 4,
    "commands/test_import_subscribers.py": 3,
    "commands/test_init.py": 4,
    "commands/test_replay.py": 3,
    "commands/test_scripts.py": 7,
    "commands/test_status.py": 5,
    "commands/test_subscribers.py": 4,
    "desk/test_provider.py": 1,
    "fulfilment/test_orders_always.py": 3,
    "ivr/analysis/test_search.py": 6,
    "ivr/diagram/test_picture.py": 4,
    "ivr/hours/test_schedule.py": 5,
    "ivr/speech/test_languages.py": 5,
    "ivr/test_loader.py": 3,
    "ivr/test_schema.py": 9,
    "lines/test_consent.py": 5,
    "lines/test_flow_tests.py": 15,
    "lines/test_same_conversation.py": 10,
    "menus/test_live.py": 1,
    "prompts/test_fallback.py": 1,
    "prompts/test_voice.py": 1,
    "selfcare/test_billing_contract.py": 6,
    "selfcare/test_operations.py": 4,
    "selfcare/test_tmf_same.py": 5,
    "sim/test_commands.py": 6,
    "sim/test_shipped.py": 6,
    "sim/test_walk.py": 5,
    "store/test_db.py": 5,
    "store/test_demo_orders.py": 9,
    "store/test_growth.py": 4,
    "store/test_postgres.py": 5,
    "store/test_quality.py": 3,
    "store/test_search.py": 8,
    "ussd/test_gateway.py": 3,
    "words/test_words.py": 4,
}
"""What those files take that take long, in seconds of CPU. What an old figure costs is balance."""

_TOGETHER = {"architecture", "store"}
"""The folders that stay in one share: their files read the imports of all modules one time, and
use one PostgreSQL server, which takes 7 s to make."""

_BYTES_A_SECOND = 12_000
"""Of all other files: how many bytes of them take a second of CPU to import and to test."""


def is_of_another(file: Path, config: pytest.Config) -> bool:
    """Whether this is a worker that has a share, and a file is in the share of another one."""
    share, count = getattr(config, "workerinput", {}).get("share", (0, 1))
    return count > 1 and bool(share_of(config.rootpath, count).get(file, share) != share)


@cache
def share_of(root: Path, count: int) -> dict[Path, int]:
    """The share of each file of tests, from 0: ``count`` shares that take about as long. They are
    as equal in the slow tests alone, and in those that wait, which may be left out of a run."""
    tests = root / "tests"
    kinds: dict[tuple[bool, bool], dict[Path, list[Path]]] = {}
    for file in sorted(tests.rglob("test_*.py")):
        one = file.parent if file.parent.name in _TOGETHER else file
        kind = ("mark.slow" in file.read_text("utf-8"), waits(file, root))
        kinds.setdefault(kind, {}).setdefault(one, []).append(file)
    share: dict[Path, int] = {}
    for of_kind in kinds.values():
        cost = {one: sum(_cost(tests, file) for file in files) for one, files in of_kind.items()}
        total = [0.0] * count
        for one in sorted(of_kind, key=lambda one: (one not in share, -cost[one])):
            at = share.setdefault(one, total.index(min(total)))
            total[at] += cost[one]
            share |= dict.fromkeys(of_kind[one], at)
    return share


def _cost(tests: Path, file: Path) -> float:
    """About how long a file takes, in seconds of CPU."""
    name = file.relative_to(tests).as_posix()
    return _SECONDS.get(name, file.stat().st_size / _BYTES_A_SECOND)


class Shares(EachScheduling):
    """Each worker runs all that it has collected, and what all have is what there is."""

    @property
    def collected(self) -> set[str]:
        """The tests of all shares, by their ids."""
        return set(chain.from_iterable(self.node2collection.values()))

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """A worker that replaces one that died goes on with the share of that one: several may
        have died. Its own is remembered, for it may die, too."""
        if not self.collection_is_completed:
            super().add_node_collection(node, collection)
            return
        for dead in self._removed2pending:
            same = self.node2collection[dead] == list(collection)
            if same and dead.gateway.spec.share == node.gateway.spec.share:
                self.node2collection[node] = list(collection)
                self.node2pending[node] = self._removed2pending.pop(dead)
                return

    def schedule(self) -> None:
        """Begin: there are as many tests as all workers have together."""
        session: Any = self.config.pluginmanager.get_plugin("session")
        session.testscollected = len(self.collected)
        for node in self.nodes:
            if node not in self.node2collection and not self.node2pending[node]:
                self._started.append(node)  # it replaces one that died in the last of its tests
                node.shutdown()
        super().schedule()


class Dealer:
    """The hooks of the process that gives the workers their shares."""

    def __init__(self) -> None:
        self._shares: Shares | None = None
        self._reported = set[str]()
        self._lost: Sequence[str] = ()

    def pytest_xdist_setupnodes(self, config: pytest.Config, specs: list[Any]) -> None:
        """Give each its share; a worker that replaces one that died has its specification.

        Raises ``UsageError`` for a file that is named, which each of them would run."""
        for each in config.args:
            if (config.invocation_params.dir / each.partition("::")[0]).is_file():
                raise pytest.UsageError(f"{each}: --dist each is for folders: leave it out")
        for share, spec in enumerate(specs):
            spec.share = (share, len(specs))

    def pytest_configure_node(self, node: Any) -> None:
        """Send a worker its share."""
        node.workerinput["share"] = node.gateway.spec.share

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Shares:
        """Let each worker run its share."""
        self._shares = Shares(config, log)
        return self._shares

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that ended, or in which a worker died, is not lost."""
        if report.when not in ("setup", "call"):
            self._reported.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail where tests were lost, unless the run was broken off."""
        if self._shares and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._lost = sorted(self._shares.collected - self._reported)
            if self._lost:
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR  # not all of them ran

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the tests that were lost."""
        for each in self._lost:
            terminalreporter.write_line(f"LOST {each}: no worker ran it", red=True)
