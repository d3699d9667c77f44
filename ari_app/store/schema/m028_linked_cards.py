"""How an agent identified the caller of a card, whom they linked to a subscriber."""

from ari_app.store.sqlite import Database


def linked_cards(db: Database) -> None:
    db.executescript("alter table cards add column identified text not null default ''")
