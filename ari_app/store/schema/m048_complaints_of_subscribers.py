"""The complaints of a subscriber, which the cabinet lists, are found by an index."""

from ari_app.store.sqlite import Database


def complaints_of_subscribers(db: Database) -> None:
    db.executescript("""
        create index complaints_of_subscriber on complaints (subscriber);
    """)
