"""Marks of attempts that are over are deleted in Asterisk, a few at a time."""

import logging
import sqlite3
from contextlib import closing

import pytest

from ari_app.callbacks.attempts import MOST, Attempts
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.callbacks.model import POLICY, QUEUE, DirectStore, Model
from tests.operators import BELARUS


class OlderModel(Model):
    """A dialplan that deletes no mark."""

    async def forget(self, _: str) -> bool:
        return False


@pytest.mark.parametrize(("kind", "deleted"), [(Model, MOST), (OlderModel, 0)])
async def test_a_sweep_deletes_some_and_reads_no_more_than_it_needs(
    kind: type[Model], deleted: int, caplog: pytest.LogCaptureFixture
) -> None:
    reads = 0

    async def counted() -> None:
        nonlocal reads
        reads += 1

    with closing(Database(sqlite3.connect(":memory:", isolation_level=None), BELARUS)) as db:
        MIGRATIONS.apply(db)
        it = kind(db)
        it.kept = {f"{id}-20261130000000000000-1": "BUSY" for id in range(1, 5001)}
        attempts = Attempts(DirectStore(db, counted), it, POLICY, QUEUE, lambda: it.now)  # type: ignore[arg-type] # as the model's
        with caplog.at_level(logging.INFO):
            await attempts.sweep(())
    assert (reads, len(it.kept)) == (1, 5000 - deleted)
    assert (f"{deleted} calls back deleted" in caplog.text) == bool(deleted)
