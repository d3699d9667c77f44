"""`firstline subscribers import`: subscribers from a CSV file, none of them if one is wrong."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from ari_app.admin.subscriber_csv import Line, Row, RowFault, SubscriberCsv
from ari_app.commands.runner import console
from ari_app.commands.store_access import by_option, now, refresh_application, with_store
from ari_app.config.state import State
from ari_app.fulfilment.code_words import hashing
from ari_app.selfcare.hashing import THREADS, Hasher
from ari_app.store import bulk_import
from ari_app.store.bulk_import import ImportResult, NumberTakenError, Staging
from ari_app.store.db import Store

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

BATCH = 500
"""How many lines are compared with the store at once."""

WRITTEN = 2000
"""How many subscribers are written in one transaction: a fifth of a second."""

PAUSE = 0.1
"""Seconds after each transaction in which a running application can write: it tries as often."""


@click.command("import")
@click.argument("csv", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option("--update", is_flag=True, help="Update existing subscribers.")
@click.option("--dry-run", is_flag=True, help="Only report mistakes and what would change.")
@by_option
@click.pass_obj
def import_(state: State, csv: Path, update: bool, dry_run: bool, by: str) -> None:
    """Import subscribers from a CSV file, none of them if a line is wrong.

    The file is UTF-8 with `;`, `,` or tabs. Its
    first line names the columns: number, name, language, area and optionally birthday and
    code-word.
    Only the hash of a code word is stored; a birthday is used to reject weak ones, not stored.
    What is in the store already, as it is in the file, stays: after an interruption repeat the
    command.
    """

    if not csv.is_file():
        raise click.BadParameter("it is read twice: give a regular file", param_hint="CSV")

    async def importing(store: Store) -> None:
        config = state.config()
        about = (store.numbers, config.operator.brands, config.site.languages)
        with csv.open("rb") as file, closing(Staging()) as aside:
            roster = SubscriberCsv(file, now(state).date(), *about)
            work = _Import(csv, store, aside, update)
            await work.check(_shown("reading", file, roster.read()))
            digest = roster.digest
            if work.wrong:
                mistakes = f"{work.wrong} mistake{'s' * (work.wrong > 1)}"
                raise click.ClickException(f"{mistakes}: nothing was written")
            if dry_run:
                click.echo(f"would be done: {work.summary()}; nothing was written")
                return
            if work.words:
                with hashing(state) as hasher:
                    await work.hash(_shown("hashing words", file, roster.read()), hasher)
            if roster.digest != digest:
                raise click.ClickException(f"{csv} was changed meanwhile: nothing was written")
            pause = PAUSE if state.control.exists() else 0.0
            click.echo(f"done: {_summary(await work.commit(by, pause))}")
            await refresh_application(state)

    with_store(state, importing)


class _Import:
    """The import of one file."""

    def __init__(self, file: Path, store: Store, aside: Staging, update: bool) -> None:
        self._file = file
        self._store = store
        self._aside = aside
        self._update = update
        self.wrong = 0
        self._planned = ImportResult()

    @property
    def words(self) -> int:
        """How many code words are to be set."""
        return self._planned.words

    async def check(self, entries: Iterator[Line]) -> None:
        """Put all rows into the staging area and print mistakes."""
        while batch := list(islice(entries, BATCH)):
            numbers = {one.arrival.msisdn for one in batch if isinstance(one, Row)}
            known = await self._store.read(bulk_import.existing, numbers)
            for one in batch:
                for wrong in self._faults(one, known) if isinstance(one, Row) else one:
                    self.wrong += 1
                    click.echo(f"{self._file}:{wrong.line}: {wrong.text}", err=True)

    def _faults(self, row: Row, known: Mapping[str, tuple[str, str, str]]) -> Iterator[RowFault]:
        one = row.arrival
        there = known.get(one.msisdn)
        new, same = there is None, there == (one.name, one.language, one.area)
        word = row.word is not None and (new or self._update)
        before = self._aside.put(one, new or not same or word)
        updated = not (new or same)
        self._planned += ImportResult(new, updated, word, not (new or updated or word))
        if before is not None:
            yield RowFault(one.line, f"number: it is in line {before}, too — remove one of them")
        elif updated and not self._update:
            text = "a subscriber has it already — remove the line, or give --update"
            yield RowFault(one.line, f"number: {text}")

    async def hash(self, entries: Iterator[Line], hasher: Hasher) -> None:
        """Hash the code words, as many in parallel as there are threads."""
        rows = (
            one
            for one in entries
            if isinstance(one, Row) and one.word and self._aside.is_wanted(one.arrival.line)
        )
        while some := list(islice(rows, 2 * THREADS)):
            found = await asyncio.gather(*(hasher.hashes(row.word) for row in some if row.word))
            for row, (spoken, keyed) in zip(some, found, strict=True):
                self._aside.set_code_word(row.arrival.line, spoken, keyed)

    async def commit(self, by: str, pause: float) -> ImportResult:
        """Write all rows, in batches with pauses of so many seconds between them."""
        at, done, line = datetime.now(UTC), ImportResult(unchanged=self._planned.unchanged), 0
        write = partial(bulk_import.commit, update=self._update, by=by, at=at)
        with _progress() as bar:
            total = sum((self._planned.added, self._planned.updated))
            task = bar.add_task("writing", total=total)
            while batch := self._aside.after(line, WRITTEN):
                try:
                    done += await self._store.write(write, batch)
                except NumberTakenError as error:
                    raise click.ClickException(
                        f"{self._file}:{error}: the number was assigned meanwhile; "
                        f"written before: {_summary(done)}"
                    ) from error
                line = batch[-1][0].line
                bar.update(task, advance=len(batch))
                await asyncio.sleep(pause)
        return done

    def summary(self) -> str:
        """What would be done, in words."""
        return _summary(self._planned)


def _summary(done: ImportResult) -> str:
    unchanged = f", {done.unchanged} unchanged" if done.unchanged else ""
    return f"{done.added} added, {done.updated} updated, {done.words} code words set{unchanged}"


def _shown(what: str, file: BinaryIO, entries: Iterable[T]) -> Iterator[T]:
    """The entries of a file, with a progress bar on a terminal."""
    with _progress() as bar:
        task = bar.add_task(what, total=os.fstat(file.fileno()).st_size)
        for number, one in enumerate(entries):
            if number % BATCH == 0:
                bar.update(task, completed=file.tell())
            yield one


def _progress() -> "Progress":
    """A progress bar, on a terminal alone."""
    from rich.progress import Progress  # `subscribers list` is in the same group

    screen = console()
    return Progress(console=screen, transient=True, disable=not screen.is_terminal)
