"""One-time codes that are sent as texts, of which only a hash is kept; and texts that die at a
moment, or hold a secret.

``subscriber`` has no foreign key: a negative one stands for a number that no subscriber has.
"""

from ari_app.store.sqlite import Database


def one_time_codes(db: Database) -> None:
    db.executescript("""
        create table one_time_codes (
            key text primary key,
            subscriber integer not null,
            number text not null,
            call text not null,
            hash text not null,
            at integer not null,
            tries integer not null default 0,
            used integer not null default 0
        ) strict;
        create index one_time_codes_of_subscriber on one_time_codes (subscriber, at);
        create index one_time_codes_of_number on one_time_codes (number, at);
        create index one_time_codes_of_call on one_time_codes (call);
        alter table outbox add column until integer;
        alter table outbox add column secret integer not null default 0;
    """)
