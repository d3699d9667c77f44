"""Text messages to subscribers, sent or still to be sent."""

from ari_app.store.sqlite import Database


def outbox(db: Database) -> None:
    db.executescript("""
        create table outbox (
            key text primary key,
            number text not null,
            text text not null,
            call text not null,
            created integer not null,
            state text not null,
            attempts integer not null,
            next_at integer,
            sent_at integer,
            error text not null
        ) strict;
        create index outbox_waiting on outbox (next_at) where state = 'waiting';
    """)
