"""The files of a set of menus: flows and what stands beside them, and recordings of prompts."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ari_app.menus.loading import files
from prompts.sound_files import SUFFIXES


class Directories(Struct, frozen=True):
    """Where the menus are, and the recordings that replace spoken prompts."""

    menus: Path | None
    """None for the shipped ones, which change with the program alone."""
    recordings: Path

    def found(self) -> Mapping[str, Path]:
        """All files by their names in a set, such as ``menus/prompts/en.yaml``. Blocks."""
        return dict(self._found())

    def path(self, name: str) -> Path:
        """Where a file of a set belongs; raises ``ValueError`` for a name that leads elsewhere."""
        kind, _, rest = name.partition("/")
        root = {"menus": self.menus, "recordings": self.recordings}.get(kind)
        if root is None or not rest or ".." in Path(rest).parts or Path(rest).is_absolute():
            raise ValueError(f"{name!r} is no file of a set of menus")
        return root / rest

    def restore(self, wanted: Mapping[str, str], content: Callable[[str], bytes]) -> list[str]:
        """Make the files those of a set (name -> hash); returns the names that changed. Blocks.

        ``content`` returns the content of a hash. A file is replaced by a rename and belongs to
        whom its directory belongs; files that the set has not are removed.
        """
        there = {name: hashed(path.read_bytes()) for name, path in self.found().items()}
        changed = sorted(name for name in wanted if there.get(name) != wanted[name])
        for name in changed:
            _write(self.path(name), content(wanted[name]))
        gone = sorted(there.keys() - wanted.keys())
        for name in gone:
            self.path(name).unlink(missing_ok=True)
        return [*changed, *gone]

    def _found(self) -> Iterator[tuple[str, Path]]:
        if self.menus is not None:
            for path in files(self.menus):
                yield f"menus/{path.relative_to(self.menus)}", path
        for path in self.recordings.rglob("*"):
            inside = path.relative_to(self.recordings)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.suffix.lower() in SUFFIXES and path.is_file() and not hidden:
                yield f"recordings/{inside}", path


def hashed(content: bytes) -> str:
    """The hash of a content."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    owner, mode = path.parent.stat(), 0o644
    with suppress(FileNotFoundError):
        mode = path.stat().st_mode & 0o777
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.chmod(mode)
    if os.geteuid() == 0:
        os.chown(part, owner.st_uid, owner.st_gid)
    part.replace(path)
