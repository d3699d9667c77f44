"""No statement that a call, a card or a page waits for takes the longer the more there is stored.

SQLite counts the steps of its virtual machine, so the machine that runs the tests does not matter:
each function of the store is used with a store of a few subscribers, and with one of four times as
many. Times and memory at a million are what `tests/bench/size` measures.
"""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

import ari_app.store
from ari_app.store.open_database import open_writer
from ari_app.store.sqlite import Database
from tests.bench import big_store
from tests.operators import BELARUS
from tests.store.big_ids import NOW, Use
from tests.store.every_statement import reports, uses

FEW, MANY = 1500, 6000
NOISE = 700
"""Steps by which uses may differ: rows that are found, levels of an index."""
GRAIN = 10
"""After how many steps SQLite reports each time."""

_NOT_MEASURED = {"sqlite.distinct", "erasure.forget_words"}
"""The one is used by the others, the other stops after so many pages."""


class _Stores(Struct, frozen=True):
    few: Database
    many: Database


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Stores]:
    directory = tmp_path_factory.mktemp("growth")
    opened = []
    for count in (FEW, MANY):
        file = directory / f"{count}.db"
        big_store.make(file, count, NOW, BELARUS)
        opened.append(open_writer(file, 5.0, BELARUS, examine=False))
    yield _Stores(*opened)
    for one in opened:
        one.close()


def steps(db: Database, use: Use) -> int:
    """The steps of the virtual machine that a use takes; what it writes is taken back."""
    counted = [0]

    def count() -> None:
        counted[0] += GRAIN

    db.conn.execute("begin immediate")
    db.conn.set_progress_handler(count, GRAIN)
    try:
        use(db)
    finally:
        db.conn.set_progress_handler(None, 0)
        db.rollback()
    return counted[0]


def functions() -> set[str]:
    """The functions of the store that use a database, without the demo operator's."""
    found = set()
    for file in Path(ari_app.store.__path__[0]).glob("*.py"):
        if file.stem.startswith("demo_"):
            continue
        module = importlib.import_module(f"ari_app.store.{file.stem}")
        for name, value in vars(module).items():
            mine = inspect.isfunction(value) and value.__module__ == module.__name__
            if mine and not name.startswith("_") and next(iter(_parameters(value)), "") == "db":
                found.add(f"{file.stem}.{name}")
    return found


def _parameters(function: object) -> Iterator[str]:
    assert inspect.isfunction(function)
    return iter(inspect.signature(function).parameters)


def test_each_function_of_the_store_is_measured() -> None:
    measured = {name for name, _ in uses()} | reports().keys() | _NOT_MEASURED
    assert functions() == measured, "add it to tests/store/every_statement.py"


USES = list(uses())


@pytest.mark.parametrize("use", [use for _, use in USES], ids=[name for name, _ in USES])
def test_it_does_not_grow(stores: _Stores, use: Use) -> None:
    few, many = steps(stores.few, use), steps(stores.many, use)
    assert many <= 1.2 * few + NOISE


@pytest.mark.parametrize("name", reports())
def test_a_report_that_does_not_grow_is_none(stores: _Stores, name: str) -> None:
    _, use = reports()[name]
    few, many = steps(stores.few, use), steps(stores.many, use)
    assert many > 1.2 * few


def test_a_scan_is_noticed(stores: _Stores) -> None:
    def scan(db: Database) -> object:
        return db.conn.execute("select 1 from calls where caller = 'x'").fetchall()

    assert steps(stores.many, scan) > 1.2 * steps(stores.few, scan) + NOISE


def test_the_store_is_the_same_at_each_time(tmp_path: Path) -> None:
    for name in ("one", "other"):
        big_store.make(tmp_path / name, 100, NOW, BELARUS)
    dumps = []
    for name in ("one", "other"):
        db = open_writer(tmp_path / name, 5.0, BELARUS)
        tables = ("subscribers", "contacts", "calls", "steps", "cards", "outbox")
        dumps.append({each: db.conn.execute(f"select * from {each}").fetchall() for each in tables})
        db.close()
    assert dumps[0] == dumps[1]
    assert len(dumps[0]["calls"]) == 100
