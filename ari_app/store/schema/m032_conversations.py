"""Conversations between callers and agents that were recorded: whose, and in which file."""

from ari_app.store.sqlite import Database


def conversations(db: Database) -> None:
    db.executescript("""
        create table conversations (
            id integer primary key,
            file text not null unique,
            at integer not null,
            channel text not null,
            call text not null,
            agent text not null,
            queue text not null,
            number text not null,
            subscriber integer,
            paused integer not null default 0
        ) strict;
        create index conversations_at on conversations (at);
        create index conversations_of_channel on conversations (channel, at);
        create index conversations_of_number on conversations (number, at) where number <> '';
        create index conversations_of_subscriber on conversations (subscriber, at)
            where subscriber is not null;
    """)
