"""The menus of a directory, read from the disk: flows, and the texts that they tell."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ari_app.config import Config
from ivr.loader import Slots, load
from ivr.model import Book, Operation
from ivr.problems import Place, Problem
from prompts.catalogue import Catalogue, Laid, lay

SHIPPED = Path(__file__).parents[1] / "ivr" / "menus"

PROMPTS = "prompts"
"""The directory, beside the flows, of their own texts."""

TESTS = ".test.yaml"
"""How the names of tests of flows end, which stand beside them."""


class Menus(Struct, frozen=True):
    """What is read together and goes on the air together; a call ends on what it began with."""

    book: Book
    catalogue: Catalogue
    sources: Mapping[str, str]
    """The text of each flow, of which its version is the hash."""


def directory(config: Config) -> Path:
    """Where the flows of an installation are."""
    return Path(config.menus.directory).expanduser() if config.menus.directory else SHIPPED


class FlowsError(Exception):
    """The flows do not check: ``problems`` say where and what their author can do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def menus(directory: Path, shipped: Catalogue, operations: Mapping[str, Operation]) -> Menus:
    """The flows and texts of ``directory``; :class:`FlowsError` tells all that is wrong in both."""
    laid = prompts(directory, shipped)
    try:
        flows = _texts(directory)
        book = _book(flows, laid.catalogue.signatures(), operations)
    except FlowsError as error:
        raise FlowsError((*laid.problems, *error.problems)) from None
    if laid.problems:
        raise FlowsError(laid.problems)
    sources = {name: flows[flow.file] for name, flow in book.flows.items()}
    return Menus(book, laid.catalogue, sources)


def prompts(directory: Path, shipped: Catalogue) -> Laid:
    """The ``shipped`` texts with those of a directory of flows over them."""
    own = directory / PROMPTS
    return lay(shipped, own) if own.exists() else Laid(shipped, ())


def read(directory: Path, slots: Slots, operations: Mapping[str, Operation]) -> Book:
    """The book of all flows under ``directory``; :class:`FlowsError` if it does not check."""
    return _book(_texts(directory), slots, operations)


def files(directory: Path) -> Iterator[Path]:
    """All YAML files of menus; hidden ones are an editor's, or a version control's."""
    for parent, inner, names in os.walk(directory):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield Path(parent, name)


def _texts(directory: Path) -> Mapping[str, str]:
    """The flows: all ``*.yaml`` but prompts and tests."""
    found = {}
    for path in files(directory):
        if path.parent == directory / PROMPTS or path.name.endswith((TESTS, ".yml")):
            continue
        try:
            found[str(path)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise _unread(path, "the file is not in UTF-8: save it as UTF-8") from None
        except OSError as error:
            raise _unread(path, f"the file cannot be read: {error.strerror}") from None
    if not found:
        text = "there is no flow (*.yaml) here: copy one, or name another [menus] directory"
        raise _unread(directory, text)
    return found


def _unread(path: Path, text: str) -> FlowsError:
    return FlowsError((Problem(Place(str(path), 1, 1), text),))


def _book(files: Mapping[str, str], slots: Slots, operations: Mapping[str, Operation]) -> Book:
    loaded = load(files, slots, operations)
    if loaded.book is None:
        raise FlowsError(loaded.problems)
    return loaded.book
