"""Whole sets of menus that were in force, file by file; a content is kept once."""

from ari_app.store.sqlite import Database


def menu_sets(db: Database) -> None:
    db.executescript("""
        create table menu_sets (
            id integer primary key,
            at integer not null,
            by text not null,
            how text not null,
            changes text not null
        ) strict;
        create table menu_files (
            menu_set integer not null references menu_sets (id) on delete cascade,
            name text not null,
            hash text not null,
            primary key (menu_set, name)
        ) strict, without rowid;
        create table menu_contents (
            hash text primary key,
            content blob not null
        ) strict;
    """)
