"""Packages of an archive on this disk: what is refused, and that nothing is half there."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from asterisk_conf import debian_packages
from asterisk_conf.debian_packages import ArchiveError, Wanted, install

WANTED = Wanted("stable", ("main",), ("small",))
CONTROL = """Package: small
Version: 1
Architecture: all
Maintainer: none <none@example.net>
Description: one file
"""


def quiet(what: str, percent: float) -> None:
    assert what
    assert 0 <= percent <= 100


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A Debian archive with one package, and no signature."""
    package = tmp_path / "package"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "DEBIAN/control").write_text(CONTROL)
    (package / "usr/share/small").mkdir(parents=True)
    (package / "usr/share/small/file").write_text("whole")
    archive = tmp_path / "archive"
    index = archive / "dists/stable/main/binary-all"
    index.mkdir(parents=True)
    deb = archive / "small_1_all.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-b", str(package), str(deb)],
        check=True,
        capture_output=True,
    )
    data = deb.read_bytes()
    listed = (
        f"{CONTROL}Filename: small_1_all.deb\nSize: {len(data)}\n"
        f"SHA256: {hashlib.sha256(data).hexdigest()}\n\n"
    ).encode()
    (index / "Packages").write_bytes(listed)
    (index.parents[1] / "Release").write_text(
        "Suite: stable\nCodename: stable\nComponents: main\nArchitectures: all\n"
        "Date: Sun, 29 Nov 2026 10:00:00 UTC\nSHA256:\n"
        f" {hashlib.sha256(listed).hexdigest()} {len(listed)} main/binary-all/Packages\n"
    )
    return archive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An earlier installation, which a failed one must leave as it is."""
    root = tmp_path / "state" / "voices"
    root.mkdir(parents=True)
    (root / "before").touch()
    return root


def left(root: Path) -> set[str]:
    """What is beside the installation, and in it."""
    names = {path.name for path in root.parent.iterdir()} - {"voices.lock"}
    return names | {path.name for path in root.iterdir()}


def refused(root: Path, mirror: str, wanted: Wanted = WANTED) -> str:
    with pytest.raises(ArchiveError) as caught:
        install(wanted, root, print, quiet, mirror)
    assert left(root) == {"voices", "before"}
    return str(caught.value)


def test_an_archive_that_is_not_signed_is_refused(root: Path, archive: Path) -> None:
    assert "is not signed by Debian" in refused(root, f"file:{archive}")


def test_an_archive_that_cannot_be_reached(root: Path) -> None:
    assert "cannot be reached: check the network" in refused(root, "http://127.0.0.1:9/debian")


def test_a_full_disk(root: Path) -> None:
    wanted = Wanted("stable", ("main",), ("small",), megabytes=10**9)
    assert "free some space there" in refused(root, "http://127.0.0.1:9/debian", wanted)


def test_packages_are_unpacked_and_replace_what_was_there(
    root: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """apt is made to believe it: the archive of the test has none."""
    write = Path.write_text

    def believed(path: Path, text: str) -> int:
        return write(
            path, text.replace("deb [", "deb [trusted=yes ").replace("deb f", "deb [trusted=yes] f")
        )

    monkeypatch.setattr(Path, "write_text", believed)
    finished: list[bool] = []
    install(
        WANTED,
        root,
        lambda part: finished.append((part / "usr/share/small/file").is_file()),
        quiet,
        f"file:{archive}",
    )
    assert finished == [True]
    assert left(root) == {"voices", "usr"}
    assert (root / "usr/share/small/file").read_text() == "whole"


def test_what_does_not_fit_replaces_nothing(
    root: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian_packages, "unpack", lambda *_: None)

    def finish(part: Path) -> None:
        raise ArchiveError(f"{part.name} has other files than expected")

    with pytest.raises(ArchiveError, match="other files"):
        install(WANTED, root, finish, quiet, f"file:{archive}")
    assert left(root) == {"voices", "before"}
