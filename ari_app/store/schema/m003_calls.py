"""Calls and their steps.

No foreign keys: a record that arrives late, or without its beginning because the recorder was
full, must still be stored, and a call outlives its subscriber.
"""

from ari_app.store.sqlite import Database


def calls(db: Database) -> None:
    db.executescript("""
        create table calls (
            id text primary key,
            line text not null,
            dialled text not null,
            caller text not null,
            subscriber integer,
            language text not null,
            flow text not null,
            version text not null,
            began integer not null,
            ended integer,
            ending text,
            cause integer
        ) strict;
        create index calls_began on calls (began);
        create index calls_open on calls (id) where ended is null;
        create index calls_of_subscriber on calls (subscriber, began) where subscriber is not null;
        create table steps (
            call text not null,
            seq integer not null,
            at integer not null,
            node text not null,
            kind text not null,
            prompt text not null,
            key text not null,
            outcome text not null,
            primary key (call, seq)
        ) strict, without rowid;
    """)
