"""Monthly bills of the demo operator's billing; tax is kept apart from the lines."""

from ari_app.store.sqlite import Database


def bills(db: Database) -> None:
    db.executescript("""
        create table bills (
            id integer primary key,
            subscriber integer not null references accounts,
            month text not null,
            vat integer not null,
            unique (subscriber, month)
        ) strict;
        create table bill_lines (
            bill integer not null references bills,
            seq integer not null,
            names text not null,
            amount integer not null,
            primary key (bill, seq)
        ) strict, without rowid;
    """)
