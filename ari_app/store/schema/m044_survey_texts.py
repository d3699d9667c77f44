"""Surveys by text: how callers were asked, until when a reply counts, and whether an answer that is
none was explained."""

from ari_app.store.sqlite import Database


def survey_texts(db: Database) -> None:
    db.executescript("""
        alter table surveys add column way text not null default 'keys';
        alter table surveys add column until integer;
        alter table surveys add column explained integer not null default 0;
    """)
