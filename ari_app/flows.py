"""The flows of a directory, read from the disk."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import available_timezones

from ari_app.config import Config
from ivr.check import Standard
from ivr.loader import Slots, load
from ivr.model import Book, Operation
from ivr.problems import Place, Problem
from ivr.source import LIMIT
from prompts.catalogue import Catalogue
from prompts.heard import heard

SHIPPED = Path(__file__).parents[1] / "ivr" / "menus"


def directory(config: Config) -> Path:
    """Where the flows of an installation are."""
    return Path(config.menus.directory).expanduser() if config.menus.directory else SHIPPED


def standard(catalogue: Catalogue, within: int = 3) -> Standard:
    """What flows are judged by here, with a human at most ``within`` keys away."""
    return Standard(within, heard(catalogue), frozenset(available_timezones()))


class FlowsError(Exception):
    """The flows do not check: ``problems`` say where and what their author can do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UnreadError(FlowsError):
    """There is nothing to check, or it cannot be read."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__((Problem(Place(str(path), 1, 1), text),))


def read(
    directory: Path,
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Book:
    """The book of all ``*.yaml`` under ``directory``; :class:`FlowsError` if it does not check.

    Warnings keep no flow off the air.
    """
    loaded = load(texts(directory), slots, operations, standard)
    if loaded.book is None:
        raise FlowsError(loaded.problems)
    return loaded.book


def texts(directory: Path) -> Mapping[str, str]:
    """The files of flows under ``directory`` by name; :class:`UnreadError` if there are none.

    Of a file that is too long only so much is read that it is seen; bytes that are no UTF-8 become
    characters that the loader refuses with their place.
    """
    found = {}
    try:
        if directory.exists():
            next(directory.iterdir(), None)  # it says why it cannot be read; rglob does not
        for path in sorted(directory.rglob("*.yaml")):
            if path.is_file():
                with path.open("rb") as file:
                    found[str(path)] = file.read(4 * LIMIT + 4).decode(errors="surrogateescape")
    except OSError as error:
        path = Path(error.filename or directory)
        raise UnreadError(path, f"this cannot be read: {error.strerror}") from None
    if not found:
        text = "there is no flow (*.yaml) here: copy one, or name another [menus] directory"
        raise UnreadError(directory, text)
    return found
