"""Accounts, tariffs, services and payments of the demo operator's billing."""

from ari_app.store.sqlite import Database


def accounts(db: Database) -> None:
    db.executescript("""
        create table tariffs (
            id text primary key,
            names text not null,
            fee integer not null,
            minutes integer not null,
            gigabytes integer not null
        ) strict;
        create table services (
            id text primary key,
            names text not null,
            fee integer not null
        ) strict;
        create table accounts (
            subscriber integer primary key references subscribers,
            balance integer not null,
            tariff text not null references tariffs
        ) strict;
        create table account_services (
            subscriber integer not null references accounts,
            service text not null references services,
            primary key (subscriber, service)
        ) strict, without rowid;
        create table payments (
            id integer primary key,
            subscriber integer not null references accounts,
            day text not null,
            amount integer not null
        ) strict;
        create index payments_of_subscriber on payments (subscriber, day);
    """)
