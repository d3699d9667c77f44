"""Callers who gave up while they waited, among those to be called; and the events of callbacks."""

from ari_app.store.schema.m035_other_systems import of_callbacks
from ari_app.store.sqlite import Database


def gave_up(db: Database) -> None:
    db.executescript("alter table callbacks add column gave_up integer not null default 0")
    for trigger in of_callbacks():
        db.executescript(trigger)
