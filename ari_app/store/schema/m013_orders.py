"""Orders of subscribers, each carried out exactly once (:mod:`ari_app.store.orders`).

No foreign keys: what was done must stay known after its subscriber was erased.
"""

from ari_app.store.sqlite import Database


def orders(db: Database) -> None:
    db.executescript("""
        create table orders (
            key text primary key,
            subscriber integer not null,
            operation text not null,
            wanted text not null,
            deal text not null,
            agreed text not null,
            call text not null,
            language text not null,
            created integer not null,
            state text not null,
            answer text not null,
            attempts integer not null,
            next_at integer,
            ended integer
        ) strict;
        create index orders_open on orders (next_at) where state = 'open';
        create index orders_of_subscriber on orders (subscriber, operation, created);
    """)
