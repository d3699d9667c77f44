"""A store of its own for every test, of each engine: in a file, and on a PostgreSQL server."""

import inspect
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ari_app.store.db import Store
from ari_app.store.server import Place
from tests import postgres
from tests.operators import BELARUS
from tests.postgres import Emptied, Postgres

OF_FILES = {
    *("test_db", "test_faults", "test_schema", "test_growth"),
    *("test_full_disk_delays_records", "test_a_full_disk_undoes_the_half_that_was_written"),
    "test_the_index_follows_what_changes",
}
"""The modules and tests that are about files; so are those that take the fixture ``file``."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that has a store with both engines; `./test quick` has only files."""
    if "engine" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        names = {module, metafunc.function.__name__}
        of_files = names & OF_FILES or "file" in inspect.signature(metafunc.function).parameters
        server = pytest.param("server", marks=pytest.mark.slow)
        metafunc.parametrize("engine", ["file"] if of_files else ["file", server])


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs a PostgreSQL server is slow: all of it takes as long as the other tests here."""
    if "cluster" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of this process; names of sockets are short."""
    with (
        tempfile.TemporaryDirectory(prefix="firstline-pg-") as directory,
        postgres.running(Path(directory)) as one,
    ):
        yield one


@pytest.fixture(scope="session")
def emptied(cluster: Postgres) -> Iterator[Emptied]:
    """A database that is emptied for each test."""
    one = Emptied(cluster.make("tests"))
    yield one
    one.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "firstline.db"


@pytest.fixture
def place(engine: str, file: Path, request: pytest.FixtureRequest) -> Place:
    """Where the store of a test is."""
    if engine == "file":
        return file
    emptied: Emptied = request.getfixturevalue("emptied")
    return emptied.empty()


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    store = await Store.open(place, BELARUS, patience=0.2)
    yield store
    await store.close()
