"""Callers who gave up while they waited, among those to be called."""

from ari_app.store.sqlite import Database


def gave_up(db: Database) -> None:
    db.executescript("alter table callbacks add column gave_up integer not null default 0")
