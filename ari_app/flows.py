"""The flows of a directory, read from the disk."""

from collections.abc import Mapping
from pathlib import Path

from ari_app.config import Config
from ivr.loader import Slots, load
from ivr.model import Book, Operation
from ivr.problems import Place, Problem

SHIPPED = Path(__file__).parents[1] / "ivr" / "menus"

TESTS = ".test.yaml"
"""How the names of tests of flows end, which stand beside them."""


def directory(config: Config) -> Path:
    """Where the flows of an installation are."""
    return Path(config.menus.directory).expanduser() if config.menus.directory else SHIPPED


class FlowsError(Exception):
    """The flows do not check: ``problems`` say where and what their author can do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read(directory: Path, slots: Slots, operations: Mapping[str, Operation]) -> Book:
    """The book of all flows under ``directory``; :class:`FlowsError` if it does not check."""
    files = {}
    for path in sorted(directory.rglob("*.yaml")):
        if path.name.endswith(TESTS):
            continue
        try:
            files[str(path)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            text = "the file is not in UTF-8: save it as UTF-8"
            raise FlowsError((Problem(Place(str(path), 1, 1), text),)) from None
    if not files:
        text = "there is no flow (*.yaml) here: copy one, or name another [menus] directory"
        raise FlowsError((Problem(Place(str(directory), 1, 1), text),))
    loaded = load(files, slots, operations)
    if loaded.book is None:
        raise FlowsError(loaded.problems)
    return loaded.book
