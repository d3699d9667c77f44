"""The workers that share the database, and which of them works on a call, an order or a text."""

from ari_app.store.sqlite import Database


def workers(db: Database) -> None:
    db.executescript("""
        create table workers (
            epoch integer primary key,
            name text not null,
            place text not null,
            application text not null,
            pod text not null,
            began integer not null,
            until integer not null
        ) strict;
        create table duties (
            duty text primary key,
            owner integer not null
        ) strict;
        alter table calls add column owner integer not null default 0;
        alter table orders add column owner integer not null default 0;
        alter table outbox add column owner integer not null default 0;
        create index checkpoints_channel on checkpoints (channel);
        create index outbox_owned on outbox (owner, number) where owner <> 0;
    """)
