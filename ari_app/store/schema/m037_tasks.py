"""What agents have to do, and by when: ``owner`` "" is anyone, ``done`` null is open."""

from ari_app.store.sqlite import Database


def tasks(db: Database) -> None:
    db.executescript("""
        create table tasks (
            id integer primary key,
            key text not null unique,
            text text not null,
            owner text not null,
            author text not null,
            due integer not null,
            subscriber integer,
            number text not null,
            created integer not null,
            done integer,
            done_by text not null default ''
        ) strict;
        create index tasks_open on tasks (due) where done is null;
        create index tasks_of_subscriber on tasks (subscriber) where subscriber is not null;
        create index tasks_of_number on tasks (number) where number <> '';
    """)
