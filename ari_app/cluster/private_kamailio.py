"""The Kamailio of this machine, or a private copy of Debian's package, as an ordinary process."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from ari_app.cluster.description import ClusterError
from asterisk_conf.apt_sources import entries
from asterisk_conf.files import locked
from asterisk_conf.private import unpack

CHECK_SECONDS = 30.0
SYSTEM = Path("/usr/sbin/kamailio")
_LIBRARIES = "usr/lib/*/kamailio"


class Kamailio(Struct, frozen=True):
    """``root`` is where the package is unpacked; "/" if it is this machine's own."""

    root: Path

    @property
    def program(self) -> Path:
        """Its program."""
        return self.root / "usr/sbin/kamailio"

    @property
    def modules(self) -> Path:
        """The directory of its modules."""
        return self._libraries / "modules"

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment in which it finds the libraries that were unpacked with it."""
        if self.root == Path("/"):
            return dict(os.environ)
        own = f"{self._libraries.parent}:{self._libraries}"
        return {**os.environ, "LD_LIBRARY_PATH": own}

    @property
    def _libraries(self) -> Path:
        return next(iter(sorted(self.root.glob(_LIBRARIES))))

    def problem(self, configuration: Path) -> str:
        """What is wrong with a configuration, as Kamailio says it; "" if nothing."""
        done = subprocess.run(
            [self.program, "-c", "-f", configuration],
            env=self.environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=CHECK_SECONDS,
        )
        return done.stderr.strip() if done.returncode else ""

    def command(self, configuration: Path, run: Path) -> list[str]:
        """The command line that runs it in the foreground, with little memory."""
        memory = ("-m", "32", "-M", "4")
        return [str(self.program), "-DD", "-E", *memory, "-Y", str(run), "-f", str(configuration)]


def provided(root: Path, progress: Callable[[str], None]) -> Kamailio:
    """This machine's Kamailio, or that in ``root``, unpacked if it is missing: a minute.

    Raises :class:`ClusterError` and :class:`~asterisk_conf.discovery.PbxError`.
    """
    if SYSTEM.exists():
        return Kamailio(Path("/"))
    one = Kamailio(root.absolute())
    with locked(one.root):
        if not one.program.exists():
            unpack_debian("kamailio", one.root, progress)
    return one


def unpack_debian(package: str, root: Path, progress: Callable[[str], None]) -> None:
    """Unpack a package of this machine's own Debian, with all that it depends on, into a directory
    that is missing or empty.

    Raises :class:`ClusterError` and :class:`~asterisk_conf.discovery.PbxError`.
    """
    in_the_way = ClusterError(
        f"{root} is in the way, and has no {package}: remove it, or choose another directory"
    )
    if root.is_symlink() or root.is_file() or (root.exists() and any(root.iterdir())):
        raise in_the_way
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    archive = next(
        (
            each.address
            for each in entries(Path("/etc/apt"))
            if "main" in each.components and suite in each.suites
        ),
        "",
    )
    if not archive or not shutil.which("mmdebstrap"):
        raise ClusterError(
            f"there is no {package} on this machine: as root run `apt install {package}`, or "
            "`apt install mmdebstrap`, with which a private copy is unpacked"
        )
    progress(f"unpacking {package}")
    part = root.with_name(f"{root.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    unpack(part, archive, progress, suite, (package,))
    part.chmod(0o755)
    try:
        part.rename(root)  # an empty directory is replaced
    except OSError as error:
        raise in_the_way from error
