"""Events of cards that wait to be sent; what they say is read from the card when they go."""

from ari_app.store.sqlite import Database


def card_events(db: Database) -> None:
    db.executescript("""
        create table card_events (
            card text not null references cards (id) on delete cascade,
            event text not null,
            at integer not null,
            attempts integer not null,
            next_at integer,
            primary key (card, event)
        ) strict, without rowid;
        create index card_events_due on card_events (next_at);
    """)
