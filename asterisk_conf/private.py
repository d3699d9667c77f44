"""A private copy of Asterisk, unpacked from Debian's archive without root and without chroot.

apt checks the archive's signature. The validity date of the index is not checked, because a mirror
may be weeks old.
"""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Timer

from asterisk_conf.apt_sources import debian_archive
from asterisk_conf.discovery import Asterisk, PbxError, private
from asterisk_conf.files import locked

SUITE = "forky"
PACKAGES = ("asterisk", "asterisk-core-sounds-ru-wav", "asterisk-core-sounds-en-wav")
NEEDED_MB = 600
_UNPACK_SECONDS = 900.0
_USELESS = ("doc", "info", "locale", "man", "perl", "perl5")
_NAMES = {"postgresql": "PostgreSQL"}
"""Names of packages that are written otherwise."""
_REMEDIES = (
    ("No space left", "the disk is full; free {needed} MB there or choose another --state"),
    ("Permission denied", "no right to write there; choose another --state"),
    ("NO_PUBKEY", "the archive's key is missing; run: apt install debian-archive-keyring"),
    ("Could not resolve", "the archive cannot be reached; check the network and apt's sources"),
    ("Failed to fetch", "the archive cannot be reached; check the network and apt's sources"),
    ("does not have a Release", "the archive has no such suite; check the mirror"),
)

Progress = Callable[[str], None]


def make_private(
    root: Path, progress: Progress, mirror: str | None = None, *, renew: bool = False
) -> Asterisk:
    """The private Asterisk in ``root``; unpacked if it is missing or incomplete, or to be renewed.

    One that runs goes on with the files that it has open, also when it is renewed, and executes the
    new ones when it restarts. It is unpacked beside and renamed, so that an interrupted attempt
    leaves no incomplete copy; of two processes that do this at once one waits for the other.
    ``progress`` is called with a line per step. ``mirror`` is by default the archive of this
    machine's apt. Raises :class:`PbxError`.
    """
    root = root.absolute()
    with locked(root):
        ready = private(root)
        if ready and not renew:
            return ready
        part = root.with_name(f"{root.name}.part")
        _remove(part)
        _check(root.parent)
        unpack(part, mirror or archive(), progress)
        _trim(part)
        if private(part) is None:
            raise PbxError(f"the Asterisk in {part} does not run; remove {part} and try again")
        old = root.with_name(f"{root.name}.old")
        _remove(old)
        if root.exists():
            root.rename(old)
        part.rename(root)
        _remove(old)
        made = private(root)
        if made is None:
            raise PbxError(f"the Asterisk in {root} does not run; remove {root} and try again")
        progress(f"Asterisk {made.version} is in {root}")
        return made


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)


def _check(parent: Path) -> None:
    if not shutil.which("mmdebstrap"):
        raise PbxError(
            "there is no Asterisk on this machine and no mmdebstrap to unpack one; "
            "run as root: apt install mmdebstrap"
        )
    free = shutil.disk_usage(parent).free // 1_000_000
    if free < NEEDED_MB:
        raise PbxError(
            f"{parent} has {free} MB free and a private Asterisk needs {NEEDED_MB}; "
            "free some or choose another --state"
        )


def archive() -> str:
    """The Debian archive of this machine's apt; raises :class:`PbxError`."""
    mirror = debian_archive()
    if mirror is None:
        raise PbxError(
            "apt on this machine has no Debian archive to install Asterisk from; "
            "install Asterisk 20 or later yourself, as root: apt install asterisk"
        )
    return mirror


def unpack(
    part: Path,
    mirror: str,
    progress: Progress,
    suite: str = SUITE,
    packages: Sequence[str] = PACKAGES,
) -> None:
    """Unpack packages of a suite, with all that they depend on, into a new directory.

    Raises :class:`PbxError`.
    """
    command = [
        "mmdebstrap",
        "--mode=chrootless",  # unpacking needs no privileges
        "--variant=extract",
        f"--include={','.join(packages)}",
        "--components=main",
        '--aptopt=APT::Install-Recommends "false"',
        '--aptopt=Acquire::Check-Valid-Until "false"',
        "--aptopt=Acquire::Retries 3",
        suite,
        str(part),
        mirror,
    ]
    output: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as tool:
        late = Timer(_UNPACK_SECONDS, tool.terminate)
        late.start()
        try:
            for line in tool.stdout or ():
                output.append(line.strip())
                if line.startswith("I: "):
                    progress(line[3:].strip())
        finally:
            late.cancel()
    if tool.returncode != 0:
        ended_by_us = tool.returncode == -15
        what = _NAMES.get(packages[0], packages[0].capitalize())
        raise PbxError(_explained(output, part, what, late=ended_by_us))


def _explained(output: list[str], part: Path, what: str, *, late: bool) -> str:
    if late:
        return f"unpacking {what} took over {_UNPACK_SECONDS:.0f} s; check the network, try again"
    text = "\n".join(output)
    for sign, remedy in _REMEDIES:
        if sign in text:
            return f"cannot unpack {what} to {part}: {remedy.format(needed=NEEDED_MB)}"
    errors = (
        [line for line in output if line.startswith("E: ")] or output[-1:] or ["it printed nothing"]
    )
    return f"cannot unpack {what} to {part}: mmdebstrap says {errors[0]!r}; fix that, try again"


def _trim(root: Path) -> None:
    """Remove documentation, and link the sounds by language as Asterisk looks for them.

    Debian's packages make these links when they are configured; here they are only unpacked.
    """
    for name in _USELESS:
        directory = root / "usr/share" / name
        for path in sorted(directory.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.name != "copyright":  # licences stay
                path.unlink()
    sounds = root / "usr/share/asterisk/sounds"
    for path in sorted(sounds.iterdir()):
        if path.is_symlink():
            path.unlink()  # they point out of the root
        elif path.is_dir() and path.name[2:3] == "_":
            (sounds / path.name[:2]).symlink_to(path.name)
