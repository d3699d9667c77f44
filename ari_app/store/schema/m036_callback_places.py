"""The place of a callback in its queue, and the attempts at it."""

from ari_app.store.sqlite import Database


def callback_places(db: Database) -> None:
    db.executescript("""
        alter table callbacks add column queue text not null default '';
        alter table callbacks add column language text not null default '';
        alter table callbacks add column priority integer not null default 0;
        alter table callbacks add column joined integer;
        alter table callbacks add column attempts integer not null default 0;
        alter table callbacks add column tried integer;
        alter table callbacks add column calling text not null default '';
        alter table callbacks add column outcome text not null default '';
    """)
