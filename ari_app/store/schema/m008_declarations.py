"""Announcements, who heard them and who asked to be notified, and forced opening hours.

Areas, tariffs and texts are JSON: they are read and written with their announcement only.
`announcement_hearings` and `announcement_wishes` have no foreign key to a call, because calls
are stored later.
"""

from ari_app.store.sqlite import Database


def declarations(db: Database) -> None:
    db.executescript("""
        create table announcements (
            id integer primary key,
            areas text not null,
            tariffs text not null,
            texts text not null,
            recording text not null,
            since integer not null,
            until integer not null,
            author text not null,
            cancelled integer,
            mended integer not null default 0
        ) strict;
        create index announcements_by_end on announcements (until);
        create table announcement_hearings (
            announcement integer not null references announcements,
            call text not null,
            number text not null,
            at integer not null,
            primary key (announcement, call)
        ) strict, without rowid;
        create table announcement_wishes (
            announcement integer not null references announcements,
            number text not null,
            subscriber integer,
            language text not null,
            call text not null,
            at integer not null,
            told integer,
            primary key (announcement, number)
        ) strict, without rowid;
        create index announcement_wishes_open on announcement_wishes (announcement)
            where told is null;
        create table forced_hours (
            id integer primary key,
            schedule text not null,
            state text not null,
            until integer not null,
            at integer not null,
            author text not null,
            why text not null
        ) strict;
        create index forced_hours_of_schedule on forced_hours (schedule, id);
    """)
