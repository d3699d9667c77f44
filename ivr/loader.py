"""YAML text to :class:`~ivr.model.Book`, or to all its problems at once."""

from collections.abc import Mapping
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from ivr.check import Standard, check
from ivr.http.signature import signature
from ivr.lists import Lists
from ivr.model import Book, Operation
from ivr.problems import Problem
from ivr.reader import MOST, Reader
from ivr.site_languages import spoken_only

Slots = Mapping[str, Mapping[str, str]]


class Loaded(Struct, frozen=True):
    """The book, or None if a problem is an error; and all problems."""

    book: Book | None
    problems: tuple[Problem, ...]


def load(
    files: Mapping[str, str],
    slots: Slots,
    operations: Mapping[str, Operation],
    standard: Standard | None = None,
) -> Loaded:
    """Load and check the flows, schedules and operations of ``files`` (name -> text) together.

    ``slots``: the prompts of the catalogue with their placeholders. ``operations``: what flows may
    run besides those of the files. Without a ``standard`` only rules that calls need to run are
    checked; with one, flows lose the languages that its site does not speak. Never raises for the
    content of a file.
    """
    read = [Reader(name, text).read() for name, text in sorted(files.items())]
    own = {each.operation.operation: signature(each.operation) for each in read if each.operation}
    operations = {**own, **operations}
    problems = {problem for each in read for problem in each.problems}
    problems.update(islice(check(read, slots, operations, standard), MOST))
    found = tuple(sorted(problems))
    if any(problem.severity == "error" for problem in found):
        return Loaded(None, found)
    site = (standard or Standard()).site
    flows = {each.flow.flow: spoken_only(each.flow, site.languages) for each in read if each.flow}
    schedules = {
        one.schedule: replace(one, timezone=one.timezone or site.timezone)
        for each in read
        if (one := each.schedule)
    }
    lists = Lists.of((each.listed for each in read if each.listed), site.plan)
    return Loaded(Book(flows, slots, operations, schedules, lists), found)
