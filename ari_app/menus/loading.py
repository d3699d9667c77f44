"""The menus of a directory, read from the disk: flows, and the texts that they tell."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import available_timezones

from msgspec import Struct

from ari_app.config.settings import Config
from ivr.check import Standard
from ivr.loader import Loaded, Slots, load
from ivr.model import Book, Operation
from ivr.problems import Place, Problem
from ivr.source import LIMIT
from prompts import catalogue
from prompts.catalogue import Catalogue, MergedCatalogue, merge_directory
from prompts.durations import prompt_texts

SHIPPED = Path(__file__).parents[2] / "ivr" / "menus"

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
    warnings: tuple[Problem, ...] = ()


def directory(config: Config) -> Path:
    """Where the flows of an installation are."""
    return Path(config.menus.directory).expanduser() if config.menus.directory else SHIPPED


def shipped(config: Config) -> Catalogue:
    """The texts that come with Firstline, in the name of the installation's operator."""
    return catalogue.shipped(config.operator.said)


class FlowsError(Exception):
    """The flows do not check: ``problems`` say where and what their author can do."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UnreadError(FlowsError):
    """There is nothing to check, or it cannot be read."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__((Problem(Place(str(path), 1, 1), text),))


def menus(directory: Path, shipped: Catalogue, operations: Mapping[str, Operation]) -> Menus:
    """The flows and texts of ``directory``; :class:`FlowsError` tells all that is wrong in both.

    Warnings keep nothing off the air.
    """
    flows, laid = texts(directory), prompts(directory, shipped)
    found = checked(flows, laid, operations)
    if found.book is None or laid.problems:
        problems = (*laid.problems, *found.problems)
        raise FlowsError(tuple(one for one in problems if one.severity == "error"))
    sources = {name: flows[flow.file] for name, flow in found.book.flows.items()}
    return Menus(found.book, laid.catalogue, sources, found.problems)


def checked(
    flows: Mapping[str, str],
    laid: MergedCatalogue,
    operations: Mapping[str, Operation],
    within: int = 3,
) -> Loaded:
    """Flows as the check sees them, with a human at most ``within`` keys away."""
    words = laid.catalogue
    judged = Standard(within, prompt_texts(words), frozenset(available_timezones()), laid.own)
    return load(flows, words.signatures(), operations, judged)


def prompts(directory: Path, shipped: Catalogue) -> MergedCatalogue:
    """The ``shipped`` texts with those of a directory of flows over them."""
    own = directory / PROMPTS
    return merge_directory(shipped, own) if own.exists() else MergedCatalogue(shipped, ())


def read(
    directory: Path,
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Book:
    """The book of all flows under ``directory``; :class:`FlowsError` if it does not check."""
    loaded = load(texts(directory), slots, operations, standard)
    if loaded.book is None:
        raise FlowsError(loaded.problems)
    return loaded.book


def files(directory: Path) -> Iterator[Path]:
    """All YAML files of menus; hidden ones are an editor's, or a version control's."""
    for parent, inner, names in os.walk(directory):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.endswith((".yaml", ".yml")) and not name.startswith(".") and path.is_file():
                yield path


def texts(directory: Path) -> Mapping[str, str]:
    """The files of flows under ``directory`` by name; :class:`UnreadError` if there are none.

    Prompts and tests are none. Of a file that is too long only so much is read that it is seen;
    bytes that are no UTF-8 become characters that the loader refuses with their place.
    """
    found = {}
    try:
        if directory.exists():
            next(directory.iterdir(), None)  # it says why it cannot be read; a walk does not
        for path in sorted(files(directory)):
            if path.parent == directory / PROMPTS or path.name.endswith((TESTS, ".yml")):
                continue
            with path.open("rb") as file:
                found[str(path)] = file.read(4 * LIMIT + 4).decode(errors="surrogateescape")
    except OSError as error:
        path = Path(error.filename or directory)
        raise UnreadError(path, f"this cannot be read: {error.strerror}") from None
    if not found:
        text = "there is no flow (*.yaml) here: copy one, or name another [menus] directory"
        raise UnreadError(directory, text)
    return found
