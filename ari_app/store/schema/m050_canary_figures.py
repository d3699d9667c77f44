"""How the calls of both sides of a canary went, as it was at its end."""

from ari_app.store.sqlite import Database


def canary_figures(db: Database) -> None:
    db.executescript("alter table canaries add column figures text not null default '';")
