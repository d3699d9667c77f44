"""A database that an older Firstline made on a PostgreSQL server becomes what this one makes."""

from contextlib import closing
from typing import Any

import pytest

from ari_app.store.db import StoreError
from ari_app.store.postgres.opening import functions, open_writer
from ari_app.store.postgres.session import Session
from tests.operators import BELARUS
from tests.postgres import Postgres
from tests.store.postgres_schema import schema

FIRST = "canaries"
"""The first migration after the schema with which PostgreSQL came."""

_CATALOG = (
    "select table_name, column_name, data_type, column_default, is_nullable, collation_name,"
    " identity_generation from information_schema.columns where table_schema = 'public'",
    "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace",
    "select tablename, indexdef from pg_indexes where schemaname = 'public'",
    "select viewname, definition from pg_views where schemaname = 'public'",
    "select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    "select proname, pg_get_function_arguments(oid), prosrc, provolatile from pg_proc"
    " where pronamespace = 'public'::regnamespace",
    "select name from migrations",
)
"""What a schema consists of, but for the order of columns."""


def _catalog(session: Session) -> list[set[tuple[Any, ...]]]:
    return [set(session.execute(each).fetchall()) for each in _CATALOG]


def test_it_becomes_the_newest_or_stays_as_it_was(cluster: Postgres) -> None:
    server, new = cluster.make("older"), cluster.make("newest")
    open_writer(new, 5.0, BELARUS).close()
    with closing(Session(server, 5.0)) as session, closing(Session(new, 5.0)) as newest:
        session.script(functions() + schema(FIRST))
        session.script(
            "create or replace function iso_moment(bigint) returns text language sql immutable"
            " as $$ select 'what was wrong once' $$; create table canary_calls (of_others text)"
        )
        before = _catalog(session)
        with pytest.raises(StoreError, match="canary_calls") as error:
            open_writer(server, 5.0, BELARUS)
        assert error.value.fault == "refused"
        assert _catalog(session) == before

        session.script("drop table canary_calls")
        open_writer(server, 5.0, BELARUS).close()
        assert _catalog(session) == _catalog(newest)

        session.script("insert into migrations values ('of_tomorrow')")
        with pytest.raises(StoreError, match="newer Firstline"):
            open_writer(server, 5.0, BELARUS)
