"""The vouchers of the demo operator's billing, by a hash of their numbers."""

from ari_app.store.sqlite import Database


def vouchers(db: Database) -> None:
    db.executescript("""
        create table vouchers (
            id text primary key,
            amount integer not null,
            used integer not null
        ) strict;
    """)
