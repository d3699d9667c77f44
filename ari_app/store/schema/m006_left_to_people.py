"""Complaints recorded by callers, and callback requests."""

from ari_app.store.sqlite import Database


def left_to_people(db: Database) -> None:
    db.executescript("""
        create table complaints (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            file text not null,
            seconds real not null,
            state text not null,
            answer text not null
        ) strict;
        create table callbacks (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            topic text not null,
            state text not null
        ) strict;
        create unique index callbacks_open on callbacks (number) where state = 'open';
    """)
