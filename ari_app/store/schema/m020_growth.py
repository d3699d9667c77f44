"""Indexes for queries that read a whole table, which grows with subscribers or calls."""

from ari_app.store.sqlite import Database


def growth(db: Database) -> None:
    db.executescript("""
        create index subscribers_of_area on subscribers (area);
        create index announcement_hearings_of_number on announcement_hearings (number, at);
        create index outbox_of_number on outbox (number, created);
        create index outbox_of_call on outbox (call);
        create index orders_created on orders (created);
        create index complaints_open on complaints (id) where state = 'open';
        create index complaints_recorded on complaints (at) where file <> '';
        create index tickets_due on tickets (due);
        create index tickets_of_state on tickets (state, due);
        create index tickets_of_department on tickets (department, due);
    """)
