"""The schema is what it always was: names and order of the migrations, and the SQL they lead to.

`golden/schema.sql` was written by the migrations as they were before each had a file of its own. A
new migration adds lines to it; a line that is there never changes.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from ari_app.store.db import Store
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from tests.operators import BELARUS

GOLDEN = (Path(__file__).parent / "golden" / "schema.sql").read_text(encoding="utf-8")
RECORDED = re.findall("^-- migration (.+)$", GOLDEN, re.MULTILINE)
STATEMENTS = (
    "select sql from sqlite_master where sql is not null and tbl_name not in"
    " ('_sqlite_migrations', 'sqlite_sequence')"
    " and name not glob '*_words_*[aegx]' order by rowid"
)
"""What made each table, index, view and trigger, without what FTS5 and sqlite-utils make."""


def schema(db: Database) -> str:
    names = "".join(f"-- migration {one}\n" for one in MIGRATIONS.applied(db))
    return names + "".join(f"{sql};\n" for (sql,) in db.conn.execute(STATEMENTS))


def test_a_new_database_has_the_golden_schema() -> None:
    with closing(Database(sqlite3.connect(":memory:"), BELARUS)) as db:
        MIGRATIONS.apply(db)
        assert schema(db) == GOLDEN


def test_each_migration_has_a_file_numbered_by_its_place() -> None:
    package = Path(__file__).parents[2] / "ari_app" / "store" / "schema"
    files = sorted(file.stem for file in package.glob("m*.py"))
    assert files == [f"m{number:03}_{name}" for number, name in enumerate(RECORDED, 1)]


async def test_a_database_of_an_older_version_opens_unchanged(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as conn:
        old = Database(conn, BELARUS)
        MIGRATIONS.apply(old, stop_before="people")
        old.toolkit.table(MIGRATIONS.table).insert_all(
            {"migration_set": "firstline", "name": name, "applied_at": "2026"} for name in RECORDED
        )
        conn.executescript(GOLDEN)
        conn.execute(f"pragma application_id = {0x46313131}")
        assert schema(old) == GOLDEN
    store = await Store.open(file, BELARUS)
    try:
        assert await store.read(schema) == GOLDEN
        assert await store.read(
            lambda db: db.conn.execute(
                "select distinct applied_at from _sqlite_migrations"
            ).fetchall()
        ) == [("2026",)]
    finally:
        await store.close()
