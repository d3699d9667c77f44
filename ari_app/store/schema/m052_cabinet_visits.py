"""Subscribers who are signed in to the cabinet."""

from ari_app.store.sqlite import Database


def cabinet_visits(db: Database) -> None:
    db.executescript("""
        create table cabinet_visits (
            token text primary key,
            subscriber integer not null,
            language text not null,
            csrf text not null,
            began integer not null,
            seen integer not null,
            proven integer not null
        ) strict, without rowid;
        create index cabinet_visits_of_subscriber on cabinet_visits (subscriber);
        create index cabinet_visits_seen on cabinet_visits (seen);
    """)
