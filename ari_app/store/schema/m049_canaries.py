"""New menus for a share of the calls, and which calls went by them."""

from ari_app.store.sqlite import Database


def canaries(db: Database) -> None:
    db.executescript("""
        create table canaries (
            id integer primary key,
            began integer not null,
            author text not null,
            share integer not null,
            until integer not null,
            before integer not null,
            tried integer not null,
            ended integer,
            ending text not null default '',
            why text not null default '',
            ended_by text not null default ''
        ) strict;
        create table canary_calls (
            call text primary key,
            canary integer not null
        ) strict;
    """)
