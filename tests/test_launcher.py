"""The launcher and the locks: one environment, from anywhere, of exactly what is written down."""

import itertools
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.deadlines import allowed

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


def test_the_launcher_works_from_elsewhere_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "firstline"
    link.symlink_to(ROOT / "firstline")
    answer = subprocess.run(
        [link, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True
    )
    assert answer.stdout.startswith("Usage: ")
    assert list(tmp_path.iterdir()) == [link]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_hashes_all(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"://|^-|^ *--(?!hash=sha256:)", text, re.MULTILINE)
    entries = re.findall(r"^[a-z0-9.-]+==.*(?:\n    .*)*", text, re.MULTILINE)
    assert len(entries) == len(pins(lock)) > 20
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_the_conditions_of_the_project(lock: str) -> None:
    """Without them a Python that a package has no wheel for could install nothing at all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    every = itertools.chain(*project["optional-dependencies"].values())
    wanted = {each.replace("'", '"') for each in every if ";" in each}
    found = re.findall(r"^([a-z0-9.-]+==.* ; .*) \\$", (ROOT / lock).read_text(), re.MULTILINE)
    assert set(found) == wanted


def test_the_tests_run_on_what_is_shipped() -> None:
    shipped, tested = (pins(lock) for lock in LOCKS)
    assert shipped.items() <= tested.items()


@pytest.mark.parametrize("script", ["firstline", "test", ".ci/run", ".ci/lock"])
def test_a_script_is_sound(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
    subprocess.run(["sh", "-n", ROOT / script], check=True, timeout=allowed(10))
