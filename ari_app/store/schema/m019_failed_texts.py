"""The texts that failed, by their number: a card shows the last ones of its subscriber."""

from ari_app.store.sqlite import Database


def failed_texts(db: Database) -> None:
    db.executescript("""
        create index outbox_failed on outbox (number, created) where state = 'failed';
    """)
