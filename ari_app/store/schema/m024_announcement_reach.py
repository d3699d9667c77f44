"""How many callers heard an announcement, counted as they hear it: reading all who did takes the
longer the more there are."""

from ari_app.store.sqlite import Database


def announcement_reach(db: Database) -> None:
    db.executescript("""
        alter table announcements add column heard integer not null default 0;
        update announcements set heard = (
            select count(distinct iif(number = '', call, number))
            from announcement_hearings where announcement = announcements.id
        );
    """)
