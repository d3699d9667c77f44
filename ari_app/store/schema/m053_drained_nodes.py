"""Workers, and machines of them, that take no new calls."""

from ari_app.store.sqlite import Database


def drained_nodes(db: Database) -> None:
    db.executescript("""
        create table drained_nodes (
            node text primary key,
            since integer not null
        ) strict;
    """)
