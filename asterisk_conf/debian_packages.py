"""Unpacks packages of Debian's archive into a directory, without root and without apt's own state.

apt checks the archive's signature and the hash of each package. The validity date of the index is
not checked, because a mirror may be weeks old. The machine's sources are read, never changed.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

from msgspec import Struct

from asterisk_conf.apt_sources import debian_archive
from asterisk_conf.files import locked

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
INDEX_SECONDS, DOWNLOAD_SECONDS = 180.0, 1800.0

Progress = Callable[[str, float], None]
"""Called with what is being done and the percentage of it, from 0 to 100."""

_REMEDIES = (
    ("No space left", "the disk is full: free some space there, or name another --state"),
    ("Permission denied", "no right to write there: name another --state"),
    ("NO_PUBKEY", "the archive's key is missing; run as root: apt install debian-archive-keyring"),
    ("is not signed", "the archive is not signed by Debian: check the mirror of apt's sources"),
    ("Could not resolve", "the archive cannot be reached: check the network and apt's sources"),
    ("Could not connect", "the archive cannot be reached: check the network and apt's sources"),
    ("Failed to fetch", "the archive cannot be reached: check the network and apt's sources"),
    ("Unable to locate", "the archive has no such package: check the mirror of apt's sources"),
)


class ArchiveError(Exception):
    """Packages cannot be fetched; the text says why and what the operator can do."""


class Wanted(Struct, frozen=True):
    """Packages of one suite of the archive; their dependencies are not fetched."""

    suite: str
    components: tuple[str, ...]
    packages: tuple[str, ...]
    megabytes: int = 1
    """What has to be free on the disk."""


def install(
    wanted: Wanted,
    root: Path,
    finish: Callable[[Path], None],
    progress: Progress,
    mirror: str | None = None,
) -> None:
    """Unpack packages to ``root``, whole or not at all; what was there before is replaced.

    ``finish`` gets the directory that was unpacked before it takes its place. Raises
    :class:`ArchiveError`, and :class:`~asterisk_conf.discovery.PbxError` where nothing can be
    written.
    """
    root = root.absolute()
    with locked(root):
        free = shutil.disk_usage(root.parent).free // 1_000_000
        if free < wanted.megabytes:
            raise ArchiveError(
                f"{root.parent} has {free} MB free and {wanted.megabytes} MB are needed: free some "
                "space there, or name another --state"
            )
        part = root.with_name(f"{root.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            unpack(wanted, part, progress, mirror)
            finish(part)
            if root.exists():
                shutil.rmtree(root)
            part.rename(root)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def unpack(wanted: Wanted, target: Path, progress: Progress, mirror: str | None = None) -> None:
    """Unpack packages into ``target``, which must exist.

    ``mirror`` is by default the archive of this machine's apt. Raises :class:`ArchiveError`.
    """
    _check()
    try:
        with TemporaryDirectory(dir=target.parent, prefix=".apt-") as name:
            apt = _Apt(Path(name), wanted, mirror or _mirror())
            progress("reading the index of the archive", 0.0)
            apt.run(INDEX_SECONDS, lambda _: None, "update")
            apt.run(
                DOWNLOAD_SECONDS,
                lambda percent: progress("downloading", percent),
                "download",
                *wanted.packages,
            )
            files = sorted(Path(name).glob("*.deb"))
            for number, file in enumerate(files):
                progress("unpacking", 100.0 * number / len(files))
                _extract(file, target)
    except OSError as error:
        raise ArchiveError(
            f"cannot write to {target.parent} ({error.strerror}): free some space there, "
            "or name another --state"
        ) from error


def _check() -> None:
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise ArchiveError(f"this machine has no {program}: install the packages yourself")


def _mirror() -> str:
    mirror = debian_archive()
    if mirror is None:
        raise ArchiveError("apt on this machine has no Debian archive: add one to its sources")
    return mirror


class _Apt:
    """apt-get with a state of its own in a directory; proxies stay those of the machine."""

    def __init__(self, directory: Path, wanted: Wanted, mirror: str) -> None:
        self._directory = directory
        for each in ("lists/partial", "cache/archives/partial"):
            (directory / each).mkdir(parents=True)
        (directory / "status").touch()
        signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
        (directory / "sources.list").write_text(
            f"deb {signed}{mirror} {wanted.suite} {' '.join(wanted.components)}\n"
        )
        (directory / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{directory}/sources.list";\n'
            'Dir::Etc::sourceparts "/dev/null";\n'
            f'Dir::State "{directory}";\n'
            f'Dir::State::status "{directory}/status";\n'
            f'Dir::Cache "{directory}/cache";\n'
            'APT::Sandbox::User "";\n'  # the directory is its owner's alone
            'Acquire::Check-Valid-Until "false";\n'
            'Acquire::Languages "none";\n'
            'Acquire::Retries "2";\n'
            'Acquire::http::Timeout "20";\n'
            'Acquire::https::Timeout "20";\n'
        )

    def run(self, seconds: float, percent: Callable[[float], None], *words: str) -> None:
        """Run apt-get for at most ``seconds``; raises :class:`ArchiveError`."""
        command = ["apt-get", "-q", "-o", "APT::Status-Fd=1", "-o", "APT::Update::Error-Mode=any"]
        output: list[str] = []
        with subprocess.Popen(
            [*command, *words],
            cwd=self._directory,
            env={**_plain(), "APT_CONFIG": str(self._directory / "apt.conf")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as tool:
            late = Timer(seconds, tool.terminate)
            late.start()
            try:
                for line in tool.stdout or ():
                    kind, *rest = line.split(":", 3)
                    if kind == "dlstatus" and len(rest) > 1:
                        percent(float(rest[1]))
                    else:
                        output.append(line.strip())
            finally:
                late.cancel()
        if tool.returncode == -15:
            raise ArchiveError(f"timeout: apt-get {words[0]} took over {seconds:.0f} s: try again")
        if tool.returncode != 0:
            raise ArchiveError(_explained(output))


def _plain() -> dict[str, str]:
    """The environment, with messages that are not translated."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _explained(output: Sequence[str]) -> str:
    text = "\n".join(output)
    errors = [line for line in output if line.startswith(("E: ", "Err:"))] or output[-1:]
    said = errors[0] if errors else "nothing"
    for sign, remedy in _REMEDIES:
        if sign in text:
            return f"{remedy} (apt-get says {said!r})"
    return f"apt-get says {said!r}: fix that, try again"


def _extract(file: Path, target: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "-x", str(file), str(target)], capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        raise ArchiveError(
            f"cannot unpack {file.name}: dpkg-deb says {done.stderr.strip()!r}: fix that, try again"
        )
