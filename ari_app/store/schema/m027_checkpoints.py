"""Where the calls in progress stand, for a restart of the application; without secrets."""

from ari_app.store.sqlite import Database


def checkpoints(db: Database) -> None:
    db.executescript("""
        create table checkpoints (
            call text primary key,
            channel text not null,
            at integer not null,
            body blob not null
        ) strict;
    """)
