"""The flow of each step, and the edge by which its node was left."""

from ari_app.store.sqlite import Database


def ways(db: Database) -> None:
    db.executescript("""
        alter table steps add column flow text not null default '';
        alter table steps add column way text not null default '';
    """)
