"""Opening a database without a store, for one who waits for the answer."""

from pathlib import Path

from ari_app.store.engine import client
from ari_app.store.open_database import open_reader as open_file
from ari_app.store.open_database import open_source as open_file_as_it_is
from ari_app.store.open_database import open_writer as make_file
from ari_app.store.server import Place
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan


def open_reader(place: Place, patience: float, numbers: NumberPlan) -> Database:
    """Open the database so that nothing can be written through it. Blocks.

    Raises ``StoreError`` or ``sqlite3.Error``.
    """
    if isinstance(place, Path):
        return open_file(place, patience, numbers)
    db: Database = client().open_reader(place, patience, numbers)
    return db


def open_source(place: Place, patience: float, numbers: NumberPlan) -> Database:
    """Open a database that is there as it is, for ``Database.hold``. Blocks.

    Raises ``StoreError`` or ``sqlite3.Error``.
    """
    if isinstance(place, Path):
        return open_file_as_it_is(place, patience, numbers)
    return open_reader(place, patience, numbers)


def open_writer(place: Place, patience: float, numbers: NumberPlan) -> Database:
    """Open the database, or make it. Blocks.

    Raises ``StoreError`` or ``sqlite3.Error``.
    """
    if isinstance(place, Path):
        return make_file(place, patience, numbers)
    db: Database = client().open_writer(place, patience, numbers)
    return db
