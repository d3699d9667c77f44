"""What failed beside others and passes alone makes no run red; what is broken does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import alone

Failing = Callable[..., str]


@pytest.fixture
def ran(tmp_path: Path) -> Failing:
    """Makes the cache of a run in which those tests failed."""

    def make(name: str, *failed: str) -> str:
        found = tmp_path / name / "v/cache/lastfailed"
        found.parent.mkdir(parents=True)
        found.write_text(json.dumps(dict.fromkeys(failed, True)), "utf-8")
        return str(tmp_path / name)

    return make


@pytest.mark.parametrize("skipped", [0, 1])
def test_what_failed_in_any_run_is_run_again_and_must_pass(
    ran: Failing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, skipped: int
) -> None:
    again: list[str] = []

    def passes(tests: list[str], plugins: list[alone.Passed]) -> int:
        again.extend(tests)
        plugins[0].tests.update(tests[skipped:])
        return 0

    monkeypatch.setattr(pytest, "main", passes)
    waits, computes = ran("waits", "a.py::one[x y]"), ran("computes", "b.py::two")
    assert alone.main([waits, str(tmp_path / "all-passed"), computes]) == skipped
    assert again == ["a.py::one[x y]", "b.py::two"]


@pytest.mark.parametrize("count", [0, alone.MOST + 1])
def test_a_run_that_broke_is_not_repeated(ran: Failing, count: int) -> None:
    assert alone.main([ran("waits", *(f"a.py::test_{n}" for n in range(count)))]) == 1
