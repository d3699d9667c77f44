"""`firstline subscribers import`: subscribers from a CSV file, all of them or none."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

import click
from rich.progress import Progress

from ari_app.admin.subscriber_csv import Line, Row, RowFault, SubscriberCsv
from ari_app.commands.runner import console
from ari_app.commands.store_access import by_option, now, refresh_application, with_store
from ari_app.config.state import State
from ari_app.fulfilment.code_words import hashing
from ari_app.selfcare.hashing import THREADS, Hasher
from ari_app.store import bulk_import
from ari_app.store.bulk_import import ImportResult, NumberTakenError, Staging
from ari_app.store.db import Store

T = TypeVar("T")

BATCH = 500
"""How many lines are compared with the store at once."""


@click.command("import")
@click.argument("csv", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option("--update", is_flag=True, help="Update existing subscribers.")
@click.option("--dry-run", is_flag=True, help="Only report mistakes and what would change.")
@by_option
@click.pass_obj
def import_(state: State, csv: Path, update: bool, dry_run: bool, by: str) -> None:
    """Import subscribers from a CSV file, all of them or none.

    The file is UTF-8 with `;` or `,`. Its first
    line names the columns: number, name, language, area and optionally birthday and code-word.
    Only the hash of a code word is stored; a birthday is used to reject weak ones, not stored.
    """

    if not csv.is_file():
        raise click.BadParameter("it is read twice: give a regular file", param_hint="CSV")

    async def importing(store: Store) -> None:
        brands = state.config().operator.brands
        with csv.open("rb") as file, closing(Staging()) as aside:
            roster = SubscriberCsv(file, now(state).date(), store.numbers, brands)
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
            click.echo(f"done: {_summary(await work.commit(by))}")
            await refresh_application(state)

    with_store(state, importing)


class _Import:
    """The import of one file."""

    def __init__(self, file: Path, store: Store, aside: Staging, update: bool) -> None:
        self._file = file
        self._store = store
        self._aside = aside
        self._update = update
        self.wrong = self.words = self._lines = self._known = 0

    async def check(self, entries: Iterator[Line]) -> None:
        """Put all rows into the staging area and print mistakes."""
        while batch := list(islice(entries, BATCH)):
            numbers = {one.arrival.msisdn for one in batch if isinstance(one, Row)}
            known = await self._store.read(bulk_import.taken_numbers, numbers)
            self._known += len(known)
            for one in batch:
                for wrong in self._faults(one, known) if isinstance(one, Row) else one:
                    self.wrong += 1
                    click.echo(f"{self._file}:{wrong.line}: {wrong.text}", err=True)

    def _faults(self, row: Row, known: frozenset[str]) -> Iterator[RowFault]:
        self._lines += 1
        self.words += row.word is not None
        one = row.arrival
        before = self._aside.put(one)
        if before is not None:
            yield RowFault(one.line, f"number: it is in line {before}, too — remove one of them")
        elif one.msisdn in known and not self._update:
            text = "a subscriber has it already — remove the line, or give --update"
            yield RowFault(one.line, f"number: {text}")

    async def hash(self, entries: Iterator[Line], hasher: Hasher) -> None:
        """Hash the code words, as many in parallel as there are threads."""
        rows = (one for one in entries if isinstance(one, Row) and one.word is not None)
        while some := list(islice(rows, 2 * THREADS)):
            found = await asyncio.gather(*(hasher.hashes(row.word) for row in some if row.word))
            for row, (spoken, keyed) in zip(some, found, strict=True):
                self._aside.set_code_word(row.arrival.line, spoken, keyed)

    async def commit(self, by: str) -> ImportResult:
        """Write all rows in one transaction."""
        write = partial(bulk_import.commit, update=self._update, by=by, at=datetime.now(UTC))
        try:
            return await self._store.write(write, self._aside)
        except NumberTakenError as error:
            raise click.ClickException(
                f"{self._file}:{error}: the number was assigned meanwhile: nothing was written"
            ) from error

    def summary(self) -> str:
        """What would be done, in words."""
        return _summary(ImportResult(self._lines - self._known, self._known, self.words))


def _summary(done: ImportResult) -> str:
    return f"{done.added} added, {done.updated} updated, {done.words} code words set"


def _shown(what: str, file: BinaryIO, entries: Iterable[T]) -> Iterator[T]:
    """The entries of a file, with a progress bar on a terminal."""
    screen = console()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(what, total=os.fstat(file.fileno()).st_size)
        for number, one in enumerate(entries):
            if number % BATCH == 0:
                bar.update(task, completed=file.tell())
            yield one
