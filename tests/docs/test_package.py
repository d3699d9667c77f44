"""What `pip install .` brings: a wheel with all data of the packages, which works anywhere."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.deadlines import allowed
from tests.docs.markdown import ROOT, links
from tests.live.installation import root, spoken

pytestmark = pytest.mark.slow

PACKAGES = ("ivr", "prompts", "asterisk_conf", "ari_app")
SOURCES = ("pyproject.toml", "LICENSE", "docs/package.md")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build leaves files in its directory."""
    source, wheels = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheels")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCES:
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir")
    command = [sys.executable, "-m", "pip", "wheel", *options, str(wheels), str(source)]
    subprocess.run(command, check=True, timeout=allowed(60))
    [built] = wheels.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the wheel was installed, without its dependencies."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-compile", "--no-deps", "--no-index", "--target")
    command = [sys.executable, "-m", "pip", "install", *options, str(target), str(wheel)]
    subprocess.run(command, check=True, timeout=allowed(60))
    return target


def firstline(installed: Path, cwd: Path, *words: str) -> str:
    """What the installed command prints in a directory; it fails with what it says."""
    asterisk = str(root())  # else it unpacks one of its own
    environment = {**os.environ, "PYTHONPATH": str(installed), "FIRSTLINE_ASTERISK_PATH": asterisk}
    environment.pop("FIRSTLINE_STATE", None)
    done = subprocess.run(
        [installed / "bin" / "firstline", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=allowed(40),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = {name.rpartition("/")[2] for name in archive.namelist() if ".dist-info/" in name}
    sources = {
        file.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for file in (ROOT / name).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == sources
    assert {"METADATA", "entry_points.txt", "LICENSE"} <= about


def test_the_installed_command_works_in_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    assert firstline(installed, tmp_path, "--help").startswith("Usage: firstline")
    assert "no errors" in firstline(installed, tmp_path, "flows", "check")
    heard = firstline(installed, tmp_path, "flows", "simulate", "611", "--press", "1")
    assert "welcome" in heard
    (tmp_path / ".firstline").mkdir(mode=0o700)
    with spoken(tmp_path / ".firstline"):
        firstline(installed, tmp_path, "pbx", "render", "rendered")
    assert (tmp_path / "rendered" / "extensions.conf").is_file()


def test_it_is_the_installed_one_that_ran(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import ari_app, ivr; print(ari_app.__file__, ivr.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=allowed(20),
    ).stdout.split()
    assert all(Path(file).is_relative_to(installed) for file in where)


def test_the_page_of_the_index_has_no_link_that_breaks_there() -> None:
    text = (ROOT / "docs" / "package.md").read_text("utf-8")
    assert [link for link in links(text) if "://" not in link] == []
