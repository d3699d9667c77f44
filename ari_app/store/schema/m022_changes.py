"""What was changed by hand in what callers meet, and by whom."""

from ari_app.store.sqlite import Database


def changes(db: Database) -> None:
    db.executescript("""
        create table changes (
            id integer primary key,
            at integer not null,
            who text not null,
            what text not null,
            subject text not null,
            detail text not null,
            place text not null
        );
        create index changes_at on changes (at);
        create index changes_of on changes (who, at);
    """)
