"""What reports count by: contacts by their call, and calls through the menus by quarter hours."""

from ari_app.store.sqlite import Database


def reports(db: Database) -> None:
    db.executescript("""
        create index contacts_of_call on contacts (call, agent, first_contact_solved)
            where call <> '';
        create table menu_quarters (
            at integer not null,
            entry text not null,
            version text not null,
            flow text not null,
            node text not null,
            calls integer not null,
            gone integer not null,
            primary key (at, entry, version, flow, node)
        ) strict, without rowid;
    """)
