"""Tapes of calls: what answered each of their wants, compressed, for a replay."""

from ari_app.store.sqlite import Database


def tapes(db: Database) -> None:
    db.executescript("""
        create table tapes (
            call text primary key,
            tape blob not null
        ) strict;
    """)
