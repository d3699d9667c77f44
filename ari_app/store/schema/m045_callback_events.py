"""What other systems are sent of a callback: its attempts, their outcome, and its place."""

from ari_app.store.schema.m035_other_systems import of_callbacks
from ari_app.store.sqlite import Database

_TRIGGERS = ("requested", "requested_later", "changed", "done")


def callback_events(db: Database) -> None:
    for name in _TRIGGERS:
        db.executescript(f"drop trigger webhook_callback_{name}")
    for trigger in of_callbacks(attempts=True):
        db.executescript(trigger)
