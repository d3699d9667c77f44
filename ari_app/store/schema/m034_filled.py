"""The values of the prompts that a step played, by placeholder, as JSON; "" for none."""

from ari_app.store.sqlite import Database


def filled(db: Database) -> None:
    db.executescript("alter table steps add column filled text not null default ''")
