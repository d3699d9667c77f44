"""What callers were told in a step: the values of its placeholders as JSON, "" for none."""

from ari_app.store.sqlite import Database


def told(db: Database) -> None:
    db.executescript("alter table steps add column told text not null default ''")
