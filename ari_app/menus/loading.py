"""Loads the menus of a directory: flows, schedules and their texts."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import yaml
from msgspec import Struct
from msgspec.structs import replace

from ari_app.config import own_languages
from ari_app.config.settings import Config
from ivr.check import SiteNames, Standard, check
from ivr.check.context import prompts as node_prompts
from ivr.http.signature import signature
from ivr.loader import Loaded, Slots, load
from ivr.model import Book, Operation
from ivr.problems import Place, Problem
from ivr.reader import Reader
from ivr.source import LIMIT
from ivr.speech import languages as spoken_languages
from ivr.speech.language import LanguageError
from ivr.terms import ACTIONS, Is
from prompts import catalogue
from prompts.catalogue import Catalogue, MergedCatalogue, merge_directory
from prompts.durations import prompt_texts

SHIPPED = Path(__file__).parents[2] / "ivr" / "menus"

ANY_SITE = SiteNames()
"""All languages; topics and departments are not checked."""

PROMPTS = "prompts"
"""The directory, beside the flows, of their own texts."""

_NO_FLOWS = (PROMPTS, own_languages.LANGUAGES)
"""The directories, beside the flows, that have none."""

TESTS = ".test.yaml"
"""How the names of tests of flows end, which stand beside them."""


class Menus(Struct, frozen=True):
    """Flows and texts that are loaded and released together."""

    book: Book
    catalogue: Catalogue
    sources: Mapping[str, str]
    """The text of each flow, of which its version is the hash."""
    warnings: tuple[Problem, ...] = ()
    languages: Mapping[str, str] = {}
    """The administrator's own languages: code -> the text of its file."""


def directory(config: Config) -> Path:
    """Where the flows of an installation are."""
    return Path(config.menus.directory).expanduser() if config.menus.directory else SHIPPED


def site_names(config: Config) -> SiteNames:
    """What the settings define that flows name."""
    tickets = config.tickets
    known = config.manages_asterisk or config.ari.dialplan != "own"
    return SiteNames(
        config.site.languages,
        tuple(tickets.topics),
        tuple(tickets.departments),
        config.site.timezone,
        (*config.site.queues, *config.queues) if known else None,
        config.operations.hosts,
        plan=config.numbers,
        listens=config.speech.enabled,
    )


def shipped(config: Config) -> Catalogue:
    """The texts that come with Firstline, in the name of the installation's operator."""
    said = config.operator.said
    dialled = {"line": {"": config.site.numbers[0]}, "menu-code": {"": config.ussd.menu}}
    own = {name: texts for name, texts in said.words.items() if name in config.operator.words}
    words = {**said.words, **dialled, **own}
    return catalogue.shipped(replace(said, words=words, languages=config.site.languages))


class FlowsError(Exception):
    """The flows do not pass the check; ``problems`` say where and how to fix them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class UnreadError(FlowsError):
    """There are no flows, or they cannot be read."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__((Problem(Place(str(path), 1, 1), text),))


def menus(
    directory: Path,
    shipped: Catalogue,
    operations: Mapping[str, Operation],
    site: SiteNames = ANY_SITE,
) -> Menus:
    """The flows and texts of ``directory``, as the site has them that defines such names.

    Raises :class:`FlowsError` with all errors of both. Warnings do not prevent a release.
    """
    flows, laid = texts(directory), prompts(directory, shipped)
    found = checked(flows, laid, operations, site)
    if found.book is None or laid.problems:
        problems = (*laid.problems, *found.problems)
        raise FlowsError(tuple(one for one in problems if one.severity == "error"))
    sources = {name: flows[flow.file] for name, flow in found.book.flows.items()}
    warnings = (*unread(directory), *found.problems)
    return Menus(found.book, laid.catalogue, sources, warnings, spoken_languages.installed())


def checked(
    flows: Mapping[str, str],
    laid: MergedCatalogue,
    operations: Mapping[str, Operation],
    site: SiteNames = ANY_SITE,
    within: int = 3,
) -> Loaded:
    """Load and check flows, with a human at most ``within`` keys away."""
    words = laid.catalogue
    zones = frozenset(available_timezones())
    today = datetime.now(ZoneInfo(site.timezone or "UTC")).date()
    judged = Standard(within, prompt_texts(words), zones, laid.own, site, today)
    return load(flows, words.signatures(), operations, judged)


def prompts_in_use(config: Config, menus: Path | None = None) -> Catalogue:
    """The shipped texts, overridden by those of a directory of menus, by default of those in use.

    Raises :class:`~prompts.catalogue.CatalogueError` with all problems.
    """
    return prompts(menus or directory(config), shipped(config)).valid()


def prompts(directory: Path, shipped: Catalogue) -> MergedCatalogue:
    """The ``shipped`` texts, overridden by those of a directory of flows, in its languages."""
    try:
        own_languages.install(directory)
    except (LanguageError, OSError, UnicodeDecodeError) as error:
        place = Place(str(directory / own_languages.LANGUAGES), 1, 1)
        return MergedCatalogue(shipped, (Problem(place, str(error)),))
    own = directory / PROMPTS
    return merge_directory(shipped, own) if own.exists() else MergedCatalogue(shipped, ())


def read(
    directory: Path,
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Book:
    """The book of all flows under ``directory``; raises :class:`FlowsError` for errors."""
    loaded = load(texts(directory), slots, operations, standard)
    if loaded.book is None:
        raise FlowsError(loaded.problems)
    return loaded.book


def spoken(directory: Path) -> tuple[str, ...]:
    """The languages that the flows of a directory name, in their order."""
    heads = (yaml.compose(text, yaml.CSafeLoader) for text in texts(directory).values())
    listed = (
        value.value
        for head in heads
        for key, value in (head.value if isinstance(head, yaml.MappingNode) else ())
        if key.value == "languages" and isinstance(value, yaml.SequenceNode)
    )
    return tuple(dict.fromkeys(str(each.value) for languages in listed for each in languages))


def played(
    directory: Path, words: Catalogue, operations: Mapping[str, Operation]
) -> frozenset[tuple[str, str]]:
    """(prompt, language) of all that the flows of a directory may play, rows of lists included.

    Raises :class:`FlowsError` for flows that cannot be read.
    """
    found = set()
    for flow in read(directory, words.signatures(), operations).flows.values():
        for node in flow.nodes.values():
            found |= {(each, lang) for each in node_prompts(node) for lang in flow.languages}
    waiting = list(found)
    while waiting:
        prompt, language = waiting.pop()
        for kind in words.slots(prompt).values() if prompt in words.prompts else ():
            row = (kind.removeprefix("each "), language)
            if kind.startswith("each ") and row not in found:
                found.add(row)
                waiting.append(row)
    return frozenset(found)


def files(directory: Path) -> Iterator[Path]:
    """All YAML files of menus; hidden files are skipped."""
    return filter(Path.is_file, _named_as_files(directory))


def _named_as_files(directory: Path) -> Iterator[Path]:
    """What has the name of a YAML file: also directories, and links to nothing."""
    for parent, inner, names in os.walk(directory):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in (*inner, *names):
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield Path(parent, name)


def texts(directory: Path) -> Mapping[str, str]:
    """The files of flows under ``directory`` by name; :class:`UnreadError` if there are none.

    Prompts and tests are skipped. Of a file that is too long only enough is read to reject it;
    bytes that are not UTF-8 become characters that the loader rejects with their place.
    """
    found = {}
    try:
        if directory.exists():
            next(directory.iterdir(), None)  # raises the reason; os.walk does not
        for path in sorted(files(directory)):
            if path.parent in [directory / name for name in _NO_FLOWS] or path.name.endswith(
                (TESTS, ".yml")
            ):
                continue
            with path.open("rb") as file:
                found[str(path)] = file.read(4 * LIMIT + 4).decode(errors="surrogateescape")
    except OSError as error:
        path = Path(error.filename or directory)
        raise UnreadError(path, f"this cannot be read: {error.strerror}") from None
    if not found:
        text = "there is no flow (*.yaml) here: copy one, or name another [menus] directory"
        raise UnreadError(directory, unread(directory)[0].text if unread(directory) else text)
    return found


def own_operations(directory: Path) -> Mapping[str, Operation]:
    """The operations that are declared in a directory of menus.

    Raises :class:`FlowsError` with the problems of their files; those of flows are not looked for.
    """
    read = [Reader(name, text).read() for name, text in texts(directory).items()]
    own = [each for each in read if any(one.what is Is.OPERATION_NAME for one in each.mentions)]
    problems = [*chain.from_iterable(each.problems for each in own), *check(own, {}, {})]
    if found := [
        one for one in problems if one.severity == "error" and one.rule != "unknown-prompt"
    ]:
        raise FlowsError(tuple(found))
    return {each.operation.operation: signature(each.operation) for each in own if each.operation}


def named(directory: Path, site: SiteNames) -> Mapping[Is, Sequence[str]]:
    """The names that the files of a directory and the site define, by their sort: also of files
    that have problems."""
    try:
        read = [Reader(name, text).read() for name, text in texts(directory).items()]
    except UnreadError:
        read = []
    nodes = sorted({node for each in read for node in each.places})
    flows = sorted(each.flow.flow for each in read if each.flow)
    schedules = sorted(each.schedule.schedule for each in read if each.schedule)
    return {
        Is.NODE: nodes,
        Is.ENDING: nodes,
        Is.KEY_ACTION: [*ACTIONS, *nodes],
        Is.FLOW: flows,
        Is.SCHEDULE: schedules,
        Is.QUEUE: sorted(site.queues or ()),
    }


def unread(directory: Path) -> tuple[Problem, ...]:
    """Warnings of what is not read: files whose names end otherwise, and what is no file."""
    return tuple(
        Problem(Place(str(path), 1, 1), f"{path.name} is not read: {why}", "not-a-flow", "warning")
        for path in sorted(_named_as_files(directory))
        if (why := _why_unread(path))
    )


def _why_unread(path: Path) -> str:
    """Why a file of this name is not read, and the remedy; "" if it is read."""
    if path.is_dir():
        return "it is a directory: name it otherwise, its files are read"
    if not path.is_file():
        return "it is no file, or a link to none: remove it"
    return f"rename it to {path.stem}.yaml" if path.suffix == ".yml" else ""
