"""The texts of flows that were in force, and an index to count the calls of each."""

from ari_app.store.sqlite import Database


def versions(db: Database) -> None:
    db.executescript("""
        create table versions (
            flow text not null,
            version text not null,
            first integer not null,
            how text not null,
            text text not null,
            primary key (flow, version)
        ) strict;
        create index calls_of_version on calls (flow, version, began);
    """)
